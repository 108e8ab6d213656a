"""The mails: from what there is to tell somebody, to the bytes of one mail.

    Message --compose, on Stationery--> Letter (one per language and time zone) --address--> bytes, one per Addressee

Everything here is pure and synchronous: no I/O, no clock. Templates, translations and times are arguments.
"""
