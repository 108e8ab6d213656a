"""People as cells name them."""

import pytest

from service.schedule.people import looks_like_name, read_names


@pytest.mark.parametrize(
    ("text", "speakers", "affiliation"),
    [
        ("Cyrus Oak", ("Cyrus Oak",), ""),
        ("Ann Oak and Bo Fir", ("Ann Oak", "Bo Fir"), ""),
        ("재이 & 지우", ("재이", "지우"), ""),
        ("이구름, 박바다, 최노을 연사님", ("이구름", "박바다", "최노을"), ""),
        ("박하늘 교수님", ("박하늘",), ""),
        ("夏荷、毕方", ("夏荷", "毕方"), ""),
        ("夜空さん", ("夜空",), ""),
        ("Hana Mori さん, kawa さん", ("Hana Mori", "kawa"), ""),
        ("tani さん ※調整中", ("tani",), ""),
        ("@codelark, @pine-42,", ("codelark", "pine-42"), ""),
        ("@summer.do 님", ("summer.do",), ""),
        ("Ann Oak (U. of Northport)", ("Ann Oak",), "U. of Northport"),
        ("Ann Oak (Northport, Irvine)", ("Ann Oak",), "Northport, Irvine"),
        ("Yuki (Jo) Elm", ("Yuki (Jo) Elm",), ""),
        ("Max Beck and Li Wu, UXZ", ("Max Beck", "Li Wu"), "UXZ"),
        ("Ida (5/4)", ("Ida",), ""),
        ("?Tessa (4/4)", ("Tessa",), ""),
        ("Week1\n2조,6조", ("2조", "6조"), ""),
        ("Ada Oak, Ada Oak", ("Ada Oak",), ""),
        ("Ada Oak, Northport", ("Ada Oak",), "Northport"),
        ("Ada Oak, Northport and Bo Fir, Eastfield", ("Ada Oak", "Bo Fir"), "Northport, Eastfield"),
        ("Ada Oak, Bo, Cy", ("Ada Oak", "Bo", "Cy"), ""),
        ("Ada, Bo", ("Ada", "Bo"), ""),
        ("Ada Oak\nUXZ Northport", ("Ada Oak",), "UXZ Northport"),
        ("Ada Oak (on Zoom)", ("Ada Oak",), ""),
        ("Speaker: Ada Oak", ("Ada Oak",), ""),
        ("主讲：夏荷、毕方", ("夏荷", "毕方"), ""),
        ("이구름씨", ("이구름",), ""),
        ("별 님", ("별",), ""),
        ("g***@***", ("g***@***",), ""),
    ],
)
def test_speakers_are_split_and_freed_of_titles(text: str, speakers: tuple[str, ...], affiliation: str) -> None:
    names = read_names(text)
    assert (names.speakers, names.affiliation) == (speakers, affiliation)


@pytest.mark.parametrize(
    "text", ["손님", "특별 손님", "달님", "법정 스님", "선생님", "주인님", "부모님", "아저씨", "お客さん"]
)
def test_a_word_that_ends_like_a_title_of_honour_stays_whole(text: str) -> None:
    assert read_names(text).speakers == (text,)


def test_a_guest_without_a_name_keeps_what_he_comes_as() -> None:
    assert read_names("외부 연사님, 초청 연사").speakers == ("외부 연사", "초청 연사")


@pytest.mark.parametrize(
    "text",
    [
        "N.N.",
        "nobody yet",
        "皆さん",
        "各位老师",
        "",
        "-",
        ".",
        "NA",
        "[none]",
        "??",
        "TBA",
        "미정",
        "未定",
        "ALL",
        "전원",
        "랜덤추출",
        "~",
    ],
)
def test_some_words_name_nobody(text: str) -> None:
    assert read_names(text).speakers == ()


@pytest.mark.parametrize("text", ["Ann Oak", "한봄", "王伟", "2조", "@pine", "Ludwig van Beek", "O'Neil"])
def test_a_name_looks_like_one(text: str) -> None:
    assert looks_like_name(text)


@pytest.mark.parametrize(
    "text", ["Item 1", "how to read", "Sets and maps are the same thing", "딥러닝을 이용한 자연어처리"]
)
def test_a_subject_does_not_look_like_a_name(text: str) -> None:
    assert not looks_like_name(text)
