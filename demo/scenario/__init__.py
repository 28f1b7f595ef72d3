"""The demo of the Allier: twenty posts at every stage, applications at every stage, played through the verbs."""
