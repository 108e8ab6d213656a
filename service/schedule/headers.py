"""What the words above a column mean, in Korean, English, Japanese and Chinese."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache

__all__ = ["Role", "alike_headers", "nearest_header", "role_words"]


class Role(StrEnum):
    """What a column can hold. `OTHER` columns are about something else; `PEOPLE` takes part without speaking."""

    NUMBER = "number"
    ID = "id"
    DATE = "date"
    TIME = "time"
    END = "end"
    DURATION = "duration"
    TITLE = "title"
    TOPIC = "topic"
    SPEAKER = "speaker"
    NAME = "name"
    PEOPLE = "people"
    AFFILIATION = "affiliation"
    TYPE = "type"
    PLACE = "place"
    MATERIAL = "material"
    NOTE = "note"
    STATUS = "status"
    OTHER = "other"


_WORDS: dict[Role, str] = {
    Role.NUMBER: (
        "#, no, nr, num, number, week, weeks, wk, session, lecture number, meeting, 주차, 회차, 순번, 번호, "
        "주, 회, 차시, 차수, 세미나, 세미나번호, 回, 第, 週, 回数, 周数, 周次, 周, 次数, 序号, 编号, 期数, "
        "期, №"
    ),
    Role.ID: "id, uid, key",
    Role.DATE: (
        "date, dates, day, days, when, datetime, 날짜, 일자, 일시, 일정, 발표일, 진행일, 개최일, 시간, 기간, "
        "日付, 日程, 日時, 開催日, 実施日, 期日, 日期, 时间, 日にち, datum, fecha"
    ),
    Role.TIME: (
        "time, times, start, starts, start time, begin, begins, hour, 시작, 시각, 시간, 시작시간, 時間, "
        "時刻, 開始, 開始時刻, 时间, 时刻"
    ),
    Role.END: "end, ends, end time, until, 종료, 종료시간, 끝, 終了, 結束, 结束",
    Role.DURATION: "duration, length, 소요시간, 진행시간, 所要時間, 时长",
    Role.TITLE: (
        "title, topic, topics, subject, theme, paper title, talk, talk title, presentation, meetup topic, "
        "주제, 제목, 논문제목, 논문이름, 논문명, 발표논문, 발표논문명, 읽은논문, 발표주제, 세션내용, "
        "활동내역, 강의명, 강연제목, テーマ, タイトル, 題目, 演題, 輪読対象, 主題, 主题, 题目, 标题, 议题, "
        "論文"
    ),
    Role.TOPIC: (
        "paper, papers, chapter, section, content, contents, description, details, agenda, topics covered, "
        "todo, lecture, lectures, book, pages, link, links, 내용, 목차, 분량, 범위, 챕터, 섹션, 단원, 논문, "
        "강의, 책, 도서, 내용요약, 内容, 目次, 範囲, 章, 范围, 论文, event"
    ),
    Role.SPEAKER: (
        "speaker, speakers, presenter, presenters, presented by, person, lecturer, instructor, lead, leader, "
        "by, who, 발표자, 발표, 발제자, 진행자, 강연자, 연사, 강사, 담당자, 담당, 업로드한사람, "
        "각자맡은강의, 발표팀, 発表者, 発表, 登壇者, 講師, 担当, 担当者, スピーカー, 分享, 分享人, 分享者, 主讲, "
        "主讲人, 报告人, 讲者, 演讲者, 汇报人"
    ),
    Role.NAME: "name, 이름, 성명, 氏名, 名前, 姓名",
    Role.PEOPLE: (
        "organizer, organiser, moderator, host, chair, author, authors, discussant, attendee, attendees, "
        "participants, images, 참여자, 참석자, 사회자, 저자, 호스트, 司会, 参加者, 主持, 主持人, 作者, 著者"
    ),
    Role.AFFILIATION: (
        "affiliation, affiliations, institution, institute, university, company, organization, 소속, 기관, "
        "회사, 학교, 所属, 单位, 机构"
    ),
    Role.TYPE: ("type, kind, category, track, format, 유형, 구분, 종류, 분류, 축, 트랙, 種別, 区分, 種類, 类型, 类别"),
    Role.PLACE: (
        "place, location, locations, room, where, 장소, 위치, 강의실, 場所, 会場, 開催場所, 地点, 地址, 教室, 会议室"
    ),
    Role.MATERIAL: (
        "slide, slides, talk slides, material, materials, resource, resources, url, urls, repo, code, pdf, "
        "files, file, blog, blogs, video, videos, recording, recordings, youtube, zoom, registration, join, "
        "video url, code url, 자료, 발표자료, 문서, 파일, 링크, 설명, 영상, 비디오, 녹화, 참여링크, 資料, "
        "スライド, リンク, 動画, 资料, 课件, 链接, 关联, 关联issue, 视频, 视频记录, 录像, 回放, paper, "
        "papers, link, links, 논문"
    ),
    Role.NOTE: (
        "note, notes, remark, remarks, comment, comments, memo, misc, summary, 비고, 메모, 참고, 備考, メモ, 备注, 说明"
    ),
    Role.STATUS: "status, state, 상태, 状态, 状態",
    Role.OTHER: (
        "reading, readings, assignment, assignments, homework, hw, due, deadline, upload date, "
        "arxiv upload date, published, published date, publication date, venue, conference, appear in, 과제, "
        "과제및논의, 사전준비, 결과물, 발행연월, 발행일, 발표처, 마감, 마감일, 제출일, 게재일, 요일, 宿題, "
        "締切, 作业, 截止, ボリューム, 年, year"
    ),
}
_TURNS_AWAY = re.compile(
    r"upload|publish|arxiv|due|deadline|submi|발행|게재|마감|제출|업로드일|締|截止|投稿|birth|joined"
)
_NOISE = re.compile(r"[(（\[][^()（）\[\]]{0,60}[)）\]]|[^\w\s#№/&+,]|_")


def _spell(word: str) -> str:
    text = unicodedata.normalize("NFKC", word).casefold()
    plain = " ".join(_NOISE.sub(" ", text).split())
    return plain if plain.isascii() else plain.replace(" ", "")


_ROLES: dict[str, tuple[Role, ...]] = {}
for _role, _list in _WORDS.items():
    for _word in _list.split(", "):
        _ROLES[_spell(_word)] = (*_ROLES.get(_spell(_word), ()), _role)
_WIDE_WORDS = sorted((word for word in _ROLES if not word.isascii() and len(word) > 1), key=len, reverse=True)


@lru_cache(maxsize=512)
def role_words(header: str) -> tuple[Role, ...]:
    """The roles that `header` may name, the likeliest first; empty if its words are unknown."""
    text = _spell(header[:80])
    if not text:
        return ()
    if text in _ROLES:
        return _ROLES[text]
    if _TURNS_AWAY.search(text):
        return (Role.OTHER,)
    for choice in re.split(r"[/&+,]| or | and ", text):
        if found := _role_of_phrase(choice.strip()):
            return found
    return ()


def alike_headers(headers: Sequence[str], places: Sequence[int]) -> list[int]:
    """Those of `places` whose header is the first one's but for a number, like "Paper 1" and "Paper 2"."""
    plain = [re.sub(r"\d+", "", _spell(headers[place][:80])) for place in places]
    return [place for place, header in zip(places, plain, strict=True) if header == plain[0]]


def nearest_header(header: str) -> str:
    """A known header word that `header` probably meant to be, or an empty text."""
    text = _spell(header[:80])
    near = get_close_matches(text, _ROLES, n=1, cutoff=0.8) if len(text) > 3 else []
    return near[0] if near and near[0] != text else ""


def _role_of_phrase(phrase: str) -> tuple[Role, ...]:
    if phrase in _ROLES:
        return _ROLES[phrase]
    if phrase.isascii():
        # The last word carries an English name, except before its attributes: "title of the paper".
        words = phrase.split(" of ")[0].split()
        words = [word for word in words if not word.isdigit()] or [""]
        return next((_ROLES[word] for word in reversed(words) if len(word) > 1 and word in _ROLES), ())
    found = [(phrase.rfind(word) + len(word), len(word), word) for word in _WIDE_WORDS if word in phrase]
    return _ROLES[max(found)[2]] if found else ()
