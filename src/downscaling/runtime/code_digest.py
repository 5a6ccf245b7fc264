def digest(stage, chosen=()):
    return "0"
