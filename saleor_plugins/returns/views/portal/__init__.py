"""The portal: where shoppers find their order and send things back."""
