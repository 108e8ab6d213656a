"""The words by which a document says that a meeting does not happen, may change, or that a cell is empty."""

import re
from dataclasses import dataclass
from functools import lru_cache

from service.schedule.session import Status

__all__ = ["Notice", "is_blank", "is_event", "is_open", "is_question", "read_notice"]

_BLANK = re.compile(
    r"[\s.\-–—_~*·x]*|n/?a|none|nil|null|\[?none\]?|yes|x|없음|해당\s?없음|無し?|なし|无|undefined", re.IGNORECASE
)
_OPEN = re.compile(
    r"\[?(?:t\.?b\.?[adcs]\.?|to be (?:announced|determined|decided|confirmed|scheduled)|coming soon|n\.\s?n\.?"
    r"|미정|미확정|추후\s?(?:공지|결정|안내|확정)|예정|未定|検討中|調整中|待定|待补充|待确认|待安排|待通知"
    r"|\?+|？+|open|free slot|speakername|topicname)\]?",
    re.IGNORECASE,
)
_HOLIDAY = (
    r"\bbreak\b|\bholidays?\b|thanksgiving|\bchristmas\b|\bx-?mas\b|\beaster\b|\bnew year'?s?\b|\brecess\b"
    r"|\bvacation\b|\bred day\b|^(?:week )?off$|\b(?:week|reading days?) off\b|\breading days?$"
    r"|\b(?:labou?r|memorial|independence|veterans|presidents'?|mlk|martin luther king(?: jr\.?)?) day\b"
    r"|\bskipped\b|\breading week\b|\bmidsummer\b|\bday off\b|\bcarnival\b|\bsemester break\b|\bsem\. break\b"
    r"|휴강|휴식|휴회|방학|휴일|연휴|휴무|추석|설날|구정|쉽니다|쉬는|쉬어|현충일|어린이날|광복절|개천절|한글날|삼일절|성탄절|부처님\s?오신|한\s?주\s?쉼|중간고사\s?(?:기간)?$"
    r"|기말고사\s?(?:기간)?\??$|시험\s?기간"
    r"|休み|休会|休講|休日|祝日|年末年始|お盆|ゴールデンウ[ィイ]ーク|放假|休息|停课|停會|假期|寒假|暑假|中秋|端午|劳动节|春节|国庆|元旦|暂停|休假"
)
_GATHERING = (
    r"no (?:\w+[ -]){0,2}?(?:class(?:es)?|labs?|lectures?|seminars?|sessions?|meetings?|meetups?|jc|talks?|journal club"
    r"|colloqui(?:um|a)|tutorials?|recitations?|reading group|gathering|lunch|club|workshops?|events?)"
)
# "No free lunch theorems" and "No class labels needed" are subjects: what follows a notice is a reason or a time.
_NO_MEETING = re.compile(
    r"^\W*"
    + _GATHERING
    + r"(?=\W*$|\s*[^\w\s]|\s(?:this|next|on|today|tonight|due|owing|because|since|as|for|in|at|until"
    r"|during|week|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b|\s*[^\x00-\x7f])"
    r"|[-–—:,(（]\s?" + _GATHERING + r"(?: this week| today)?\W*$",
    re.IGNORECASE,
)
_NO_TALK = re.compile(r"^\W*no (?:speaker|presenter|presentations?|paper)\b", re.IGNORECASE)
_BREAK = re.compile(_HOLIDAY, re.IGNORECASE)
_CANCEL_WORD = r"(?:cancel(?:l)?ed|postponed|called off|취소|연기|폐강|中止|延期|取消|流会)"
_CANCEL_LEADS = re.compile(
    r"^\W*(?:(?:this |the )?(?:meeting|session|seminar|talk|class) (?:has been |is |was )?)?"
    + _CANCEL_WORD
    + r"(?:됨|되었습니다|합니다|しました)?"
    + r"(?=$|[\s.:,;!\-–—()（）~]*(?:$|due|since|because|until|to|as|by|for|[가-힣ぁ-んァ-ヶ一-龥(（\-–—:]))",
    re.IGNORECASE,
)
_CANCEL_ASIDE = re.compile(
    r"\s*[-–—:]\s"
    + _CANCEL_WORD
    + r"\W*$|\s*[(（\[]\s?[^()（）\[\]]{0,20}"
    + _CANCEL_WORD
    + r"[^()（）\[\]]{0,60}[)）\]]\s*",
    re.IGNORECASE,
)
_TENTATIVE_ASIDE = re.compile(
    r"[(（\[]?\b(?:tentative|provisional)(?:ly)?\b\s?:?\s*[)）]?|[(（\[](?:예정|잠정|임시|미확정|仮|暂定)[)）\]]",
    re.IGNORECASE,
)
_HAPPENS = re.compile(
    r"party|drinks|social|celebration|quiz|dinner|lunch|lecture|\btalk|special|game|meetup|파티|회식|특강|모임|발표|パーティ|会合|派对|聚会|讲座",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"^\W*(?:social|logistics|kick-?off|orientation|introduction|welcome|discussion|open discussion"
    r"|hack(?:athon|night|day)?|party|dinner"
    r"|lunch|retrospective|retro|planning|wrap-?up|final|finals|midterm|exam|poster session|panel|ot"
    r"|오리엔테이션|회식|뒤풀이|총회|네트워킹"
    r"|懇親会|顔合わせ|キックオフ|聚餐|团建)\b"
    r"|^.{0,40}\b(?:presentations|talks|session|meeting|workshop|discussion|defen[cs]es?|showcase|demos)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a text says about its meeting's status, and the words that remain."""

    status: Status
    rest: str


def is_blank(text: str) -> bool:
    """Whether `text` stands for an empty cell, like `-`, `.`, `N/A`."""
    return _BLANK.fullmatch(text.strip()) is not None


def is_open(text: str) -> bool:
    """Whether `text` says that something is not known yet, like TBA, 미정 or ??."""
    return _OPEN.fullmatch(text.strip()) is not None


def is_question(text: str) -> bool:
    """Whether `text` begins with a question mark, the way people mark what they are not sure of."""
    return re.match(r"\s*[?？]\s*[^?？\s]", text) is not None


def is_event(text: str) -> bool:
    """Whether `text` names a gathering rather than a person or a subject: social, logistics, 회식."""
    return _EVENT.match(text) is not None


@lru_cache(maxsize=4096)
def read_notice(text: str, *, has_speaker: bool = False) -> Notice:
    """The status that `text`, a title or what stands in its place, announces.

    A word such as "break" announces one only in a short text that names no speaker beside it: a talk may well be
    about breaks.
    """
    plain = text.strip().strip("*_[]").strip()
    if not plain:
        return Notice(Status.CONFIRMED, "")
    if _CANCEL_LEADS.search(plain):
        return Notice(Status.CANCELLED, "")
    if _CANCEL_ASIDE.fullmatch(plain):
        return Notice(Status.CANCELLED, "")
    if aside := _CANCEL_ASIDE.search(plain):
        return Notice(Status.CANCELLED, (plain[: aside.start()] + " " + plain[aside.end() :]).strip())
    if match := _NO_MEETING.search(plain):
        reason = plain[: match.start()] + plain[match.end() :]
        reason = re.sub(r"\b(?:this|next) week\b|\btoday\b|\W", "", reason, flags=re.IGNORECASE)
        return Notice(Status.CANCELLED if reason and not _BREAK.search(plain) else Status.BREAK, plain)
    if _NO_TALK.match(plain) and not _BREAK.search(plain):
        return Notice(Status.CANCELLED, plain)
    if not has_speaker and _is_short(plain) and _BREAK.search(plain) and not _HAPPENS.search(plain):
        return Notice(Status.BREAK, plain)
    if aside := _TENTATIVE_ASIDE.search(plain):
        return Notice(Status.TENTATIVE, (plain[: aside.start()] + plain[aside.end() :]).strip(" []:"))
    return Notice(Status.CONFIRMED, plain)


def _is_short(text: str) -> bool:
    return len(text) <= 16 if not text.isascii() else len(text.split()) <= 5
