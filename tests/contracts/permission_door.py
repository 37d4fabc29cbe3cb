"""The front door in the permission table: open to everybody, acts by a signed link alone.

It has no row by role: whoever asks gets the same. `tests/web/door` tries each address with a real
link, a forged one and an expired one, by GET and by POST, and that nothing changed.
"""

PUBLIC_DOOR: dict[str, tuple[str, tuple[int, ...]]] = {
    "door": ("/porte/?objet=Halle&type=travaux&valeur=6200000&avis=12/01/2027", (200,)),
    "door-pdf": ("/porte/reponse.pdf?objet=Halle&type=travaux", (200,)),
    "door-send": ("/porte/envoyer/?objet=Halle&type=travaux", (200,)),
    "who-answers": ("/facilitateurs/", (200,)),
    "request-follow": ("/suivi/inconnu/", (404,)),
    "request-reply": ("/suivi/inconnu/repondre/", (405,)),
    "request-withdraw": ("/suivi/inconnu/retirer/", (405,)),
}
