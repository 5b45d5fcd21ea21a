"""What a parcel costs: rate cards and zones, as they are written and as they are asked."""
