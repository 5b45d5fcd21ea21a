"""What the pages say on which shoppers come in, and withdraw from a contract.

The two names of the law's function are those of Article 11a(1) and (3) of Directive 2011/83/EU in each of its
languages; the first is `usecases.branding.WITHDRAW`.
"""

from __future__ import annotations

from ...usecases.branding import WITHDRAW

_EN = {
    "find_title": "Find your order",
    "number": "Order number",
    "number_hint": "It is in the mail that confirmed your order.",
    "email": "E-mail address",
    "email_hint": "The one you ordered with.",
    "find": "Send me a code",
    "code_title": "Enter the code from the mail",
    "code_text": "If there is an order with this number and e-mail address, we have just sent a code to it. "
    "The code works for 15 minutes.",
    "code": "Code",
    "code_hint": "8 letters and digits, such as 9CHX-2F4M.",
    "open": "Continue",
    "no_mail": "No mail?",
    "no_mail_text": "Look into your spam folder, and check the number and the address. We send at most three "
    "codes an hour for an order.",
    "again": "Ask for a new code",
    "required_orderNumber": "Enter your order number",
    "invalid_orderNumber": "Enter an order number of at most 100 characters",
    "required_email": "Enter your e-mail address",
    "invalid_email": "Enter an e-mail address such as name@example.com",
    "required_code": "Enter the code from the mail",
    "invalid_code": "This code does not fit, or its time is over. Check it, or ask for a new one",
    "expired_title": "This link has expired",
    "gone_title": "This link does not work",
    "gone_text": "You can open your order with its number and your e-mail address.",
    "busy_title": "Too many attempts",
    "busy_text": "Please wait a minute, then try again.",
    "refused_title": "Please start again",
    "refused_text": "This page is too old, or was opened from elsewhere. Nothing was changed.",
    "start": "Find your order",
    "withdraw_title": "Right of withdrawal",
    "withdraw_text": "As a consumer in the EU you may withdraw from a purchase without giving any reason: "
    "usually "
    "within 14 days after you got the goods.",
    "name": "Your name",
    "required_name": "Enter your name",
    "invalid_name": "Enter a name of at most 200 characters",
    "withdraw_number_hint": "Or whatever else tells us which contract you mean.",
    "withdraw_email": "Your e-mail address",
    "withdraw_email_hint": "We send the confirmation of receipt there.",
    "goods": "What do you withdraw from?",
    "goods_all": "All goods of the order",
    "goods_some": "Some of the goods",
    "goods_which": "Which goods?",
    "goods_none": "Not this one",
    "required_goods": "Say which goods you mean",
    "invalid_goods": "Describe the goods in at most 1,000 characters",
    "next": "Continue",
    "check_title": "Check your declaration",
    "check_lead": "I hereby withdraw from the contract for these goods:",
    "check_name": "Name",
    "check_goods": "Goods",
    "confirm": "Confirm withdrawal",
    "change": "Change",
    "receipt_title": "Your withdrawal was received",
    "receipt_at": "Received",
    "receipt_mail": "A confirmation with this content is on its way to {email}. You may print this page, "
    "too.",
    "receipt_next": "We will write to you about what comes next. Goods that you have already are to be "
    "sent back "
    "within 14 days.",
}
_DE = {
    "find_title": "Bestellung finden",
    "number": "Bestellnummer",
    "number_hint": "Sie steht in der E-Mail, mit der wir Ihre Bestellung bestätigt haben.",
    "email": "E-Mail-Adresse",
    "email_hint": "Die Adresse, mit der Sie bestellt haben.",
    "find": "Code zusenden",
    "code_title": "Code aus der E-Mail eingeben",
    "code_text": "Gibt es eine Bestellung mit dieser Nummer und dieser E-Mail-Adresse, haben wir soeben "
    "einen Code "
    "an sie gesendet. Er gilt 15 Minuten.",
    "code": "Code",
    "code_hint": "8 Buchstaben und Ziffern, zum Beispiel 9CHX-2F4M.",
    "open": "Weiter",
    "no_mail": "Keine E-Mail erhalten?",
    "no_mail_text": "Sehen Sie im Spam-Ordner nach und prüfen Sie Nummer und Adresse. Für eine Bestellung "
    "versenden wir höchstens drei Codes in der Stunde.",
    "again": "Neuen Code anfordern",
    "required_orderNumber": "Geben Sie Ihre Bestellnummer ein",
    "invalid_orderNumber": "Geben Sie eine Bestellnummer mit höchstens 100 Zeichen ein",
    "required_email": "Geben Sie Ihre E-Mail-Adresse ein",
    "invalid_email": "Geben Sie eine E-Mail-Adresse wie name@example.com ein",
    "required_code": "Geben Sie den Code aus der E-Mail ein",
    "invalid_code": "Dieser Code passt nicht, oder er ist abgelaufen. Prüfen Sie ihn oder fordern Sie "
    "einen neuen an",
    "expired_title": "Dieser Link ist abgelaufen",
    "gone_title": "Dieser Link funktioniert nicht",
    "gone_text": "Sie können Ihre Bestellung mit ihrer Nummer und Ihrer E-Mail-Adresse öffnen.",
    "busy_title": "Zu viele Versuche",
    "busy_text": "Bitte warten Sie eine Minute und versuchen Sie es dann erneut.",
    "refused_title": "Bitte beginnen Sie von vorn",
    "refused_text": "Diese Seite ist zu alt oder wurde von anderswo geöffnet. Es wurde nichts geändert.",
    "start": "Bestellung finden",
    "withdraw_title": "Widerrufsrecht",
    "withdraw_text": "Als Verbraucher in der EU können Sie einen Kauf ohne Angabe von Gründen widerrufen: "
    "in der "
    "Regel binnen 14 Tagen, nachdem Sie die Ware erhalten haben.",
    "name": "Ihr Name",
    "required_name": "Geben Sie Ihren Namen ein",
    "invalid_name": "Geben Sie einen Namen mit höchstens 200 Zeichen ein",
    "withdraw_number_hint": "Oder etwas anderes, woran wir den Vertrag erkennen.",
    "withdraw_email": "Ihre E-Mail-Adresse",
    "withdraw_email_hint": "Dorthin senden wir die Eingangsbestätigung.",
    "goods": "Was möchten Sie widerrufen?",
    "goods_all": "Alle Waren der Bestellung",
    "goods_some": "Einen Teil der Waren",
    "goods_which": "Welche Waren?",
    "goods_none": "Nicht diese",
    "required_goods": "Geben Sie an, welche Waren Sie meinen",
    "invalid_goods": "Beschreiben Sie die Waren mit höchstens 1.000 Zeichen",
    "next": "Weiter",
    "check_title": "Erklärung prüfen",
    "check_lead": "Hiermit widerrufe ich den Vertrag über diese Waren:",
    "check_name": "Name",
    "check_goods": "Waren",
    "confirm": "Widerruf bestätigen",
    "change": "Ändern",
    "receipt_title": "Ihr Widerruf ist eingegangen",
    "receipt_at": "Eingegangen",
    "receipt_mail": "Eine Bestätigung mit diesem Inhalt ist unterwegs an {email}. Sie können diese Seite "
    "auch drucken.",
    "receipt_next": "Wir schreiben Ihnen, wie es weitergeht. Waren, die Sie schon erhalten haben, sind "
    "binnen "
    "14 Tagen zurückzusenden.",
}
_PL = {
    "find_title": "Znajdź zamówienie",
    "number": "Numer zamówienia",
    "number_hint": "Znajdziesz go w e-mailu z potwierdzeniem zamówienia.",
    "email": "Adres e-mail",
    "email_hint": "Adres, na który złożono zamówienie.",
    "find": "Wyślij mi kod",
    "code_title": "Wpisz kod z e-maila",
    "code_text": "Jeśli istnieje zamówienie o tym numerze i z tym adresem e-mail, wysłaliśmy na niego kod. "
    "Kod jest "
    "ważny przez 15 minut.",
    "code": "Kod",
    "code_hint": "8 liter i cyfr, na przykład 9CHX-2F4M.",
    "open": "Dalej",
    "no_mail": "E-mail nie przyszedł?",
    "no_mail_text": "Zajrzyj do folderu ze spamem, sprawdź numer i adres. Na jedno zamówienie wysyłamy "
    "najwyżej "
    "trzy kody na godzinę.",
    "again": "Poproś o nowy kod",
    "required_orderNumber": "Wpisz numer zamówienia",
    "invalid_orderNumber": "Wpisz numer zamówienia, najwyżej 100 znaków",
    "required_email": "Wpisz adres e-mail",
    "invalid_email": "Wpisz adres e-mail, na przykład name@example.com",
    "required_code": "Wpisz kod z e-maila",
    "invalid_code": "Ten kod nie pasuje albo stracił ważność. Sprawdź go lub poproś o nowy",
    "expired_title": "Ten link stracił ważność",
    "gone_title": "Ten link nie działa",
    "gone_text": "Zamówienie możesz otworzyć, podając jego numer i swój adres e-mail.",
    "busy_title": "Zbyt wiele prób",
    "busy_text": "Poczekaj minutę i spróbuj ponownie.",
    "refused_title": "Zacznij od początku",
    "refused_text": "Ta strona jest zbyt stara albo została otwarta z innego miejsca. Nic nie zostało "
    "zmienione.",
    "start": "Znajdź zamówienie",
    "withdraw_title": "Prawo odstąpienia od umowy",
    "withdraw_text": "Jako konsument w UE możesz odstąpić od umowy bez podania przyczyny: zwykle w ciągu "
    "14 dni od "
    "otrzymania towaru.",
    "name": "Imię i nazwisko",
    "required_name": "Wpisz imię i nazwisko",
    "invalid_name": "Wpisz imię i nazwisko, najwyżej 200 znaków",
    "withdraw_number_hint": "Lub coś innego, co pozwoli nam rozpoznać umowę.",
    "withdraw_email": "Adres e-mail",
    "withdraw_email_hint": "Tam wyślemy potwierdzenie otrzymania oświadczenia.",
    "goods": "Od czego odstępujesz?",
    "goods_all": "Cały towar z zamówienia",
    "goods_some": "Część towaru",
    "goods_which": "Który towar?",
    "goods_none": "Nie ten",
    "required_goods": "Podaj, o który towar chodzi",
    "invalid_goods": "Opisz towar, najwyżej 1000 znaków",
    "next": "Dalej",
    "check_title": "Sprawdź oświadczenie",
    "check_lead": "Niniejszym odstępuję od umowy dotyczącej tego towaru:",
    "check_name": "Imię i nazwisko",
    "check_goods": "Towar",
    "confirm": "Potwierdź odstąpienie od umowy",
    "change": "Zmień",
    "receipt_title": "Otrzymaliśmy Twoje odstąpienie od umowy",
    "receipt_at": "Otrzymano",
    "receipt_mail": "Potwierdzenie z tą treścią jest w drodze na adres {email}. Tę stronę możesz też "
    "wydrukować.",
    "receipt_next": "Napiszemy, co dalej. Towar, który już masz, należy odesłać w ciągu 14 dni.",
}
_WORDS = {
    language: {**words, "withdraw": WITHDRAW[language]}
    for language, words in (("en", _EN), ("de", _DE), ("pl", _PL))
}


def access_words(language: str) -> dict[str, str]:
    """All of them in one of `http.languages.LANGUAGES`."""
    return _WORDS[language]
