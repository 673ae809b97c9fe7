"""The words of the settings pages; part of `dashboard.texts`."""

SETTINGS = {
    "no_right": "Your account may not do this. Ask an owner of this server.",
}
