"""What the router answers to browsers and carriers: documents, the tracking page, carriers' messages."""
