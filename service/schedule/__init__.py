"""The schedule of a series: from the organiser's text to dated sessions that keep their identity.

    text --read--> Document (entries) --arrange--> Schedule (sessions) --revise--> Revision (versions, changes)

Everything here is pure and synchronous: no I/O, no clock. Trouble in a document is a `Diagnostic`, not an exception.
"""
