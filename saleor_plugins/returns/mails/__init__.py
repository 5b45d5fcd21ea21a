"""What is written to shoppers: kinds of mail, their words in each language, templates, the HTML part."""
