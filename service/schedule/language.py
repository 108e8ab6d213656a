"""The language a document is written in, told by its script."""

import re

__all__ = ["guess_language"]

_HANGUL = re.compile("[가-힣]")
_KANA = re.compile("[ぁ-んァ-ヶ]")
_HAN = re.compile("[一-龥]")
_LATIN = re.compile(r"[A-Za-z]{2,}")


def guess_language(text: str) -> str:
    """ "ko", "ja", "zh" or "en" by the letters of `text`; empty if it has hardly any."""
    hangul, kana, han = (len(script.findall(text)) for script in (_HANGUL, _KANA, _HAN))
    latin = len(_LATIN.findall(text))
    east = max(hangul, kana, han)
    if east < max(5, latin * 0.05):
        return "en" if latin >= 3 else ""
    if hangul >= kana and hangul * 2 >= han:
        return "ko"
    return "ja" if kana * 5 >= han else "zh"
