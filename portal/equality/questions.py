"""What is asked, one question a page: the harmonised questions of the Government Statistical Service.

Source: ONS and GSS, "Harmonised standards and guidance" (analysisfunction.civilservice.gov.uk): ethnic group, sex,
gender identity, long-lasting health conditions and illnesses with activity restriction, age, religion,
sexual orientation and unpaid care, with the answers for England. Ethnic group and age are asked in their top groups,
because a smaller group could not be shown. What each question is for is said in our own words.
"""

from dataclasses import dataclass

UNSAID = "unsaid"  # chose not to say, or left it empty: the two are one


@dataclass(frozen=True)
class Question:
    """``answers`` are slug and words, without "Prefer not to say", which every question has."""

    slug: str
    title: str
    text: str
    why: str
    answers: tuple[tuple[str, str], ...]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [*self.answers, (UNSAID, "Prefer not to say")]

    @property
    def slugs(self) -> list[str]:
        return [slug for slug, _ in self.choices]


YES_NO = (("yes", "Yes"), ("no", "No"))

QUESTIONS = (
    Question(
        "age", "Age", "How old are you?",
        "To see whether people at every stage of their training and career are here.",
        (("under-25", "24 or under"), ("25-34", "25 to 34"), ("35-44", "35 to 44"), ("45-54", "45 to 54"),
         ("55-64", "55 to 64"), ("65", "65 or over")),
    ),
    Question(
        "ethnicity", "Ethnic group", "What is your ethnic group?",
        "To compare who takes part with who learns and works in health and care.",
        (("asian", "Asian or Asian British"), ("black", "Black, Black British, Caribbean or African"),
         ("mixed", "Mixed or multiple ethnic groups"), ("white", "White"), ("other", "Another ethnic group")),
    ),
    Question(
        "sex", "Sex", "What is your sex?",
        "To see whether women and men come in the numbers they work in. The next question is about gender identity.",
        (("female", "Female"), ("male", "Male")),
    ),
    Question(
        "gender", "Gender identity", "Is the gender you identify with the same as your sex registered at birth?",
        "To learn whether the event is a place where trans people take part.",
        YES_NO,
    ),
    # The harmonised pair in one: of two tables that nearly follow from each other, one would tell on the other.
    Question(
        "health", "Health",
        "Do you have any physical or mental health conditions or illnesses lasting or expected to last 12 months or "
        "more, and do they reduce your ability to carry out day-to-day activities?",
        "Few people tell us about a disability, and what we do for access may not be enough. To ask for something "
        "yourself, use your registration.",
        (("a-lot", "Yes, and they reduce it a lot"), ("a-little", "Yes, and they reduce it a little"),
         ("not", "Yes, and they do not reduce it"), ("none", "No")),
    ),
    Question(
        "religion", "Religion", "What is your religion?",
        "To choose dates, times and breaks that keep nobody away.",
        (("none", "No religion"), ("christian", "Christian (all denominations)"), ("buddhist", "Buddhist"),
         ("hindu", "Hindu"), ("jewish", "Jewish"), ("muslim", "Muslim"), ("sikh", "Sikh"),
         ("other", "Another religion or belief")),
    ),
    Question(
        "orientation", "Sexual orientation", "Which of the following best describes your sexual orientation?",
        "To learn whether lesbian, gay and bisexual people are here to be heard.",
        (("straight", "Straight or heterosexual"), ("gay", "Gay or lesbian"), ("bi", "Bisexual"),
         ("other", "Another sexual orientation")),
    ),
    Question(
        "caring", "Caring for others",
        "Do you look after, or give any help or support to, anyone because they have long-term physical or mental "
        "health conditions or illnesses, or problems related to old age?",
        "To plan days that people who care for somebody can come to. Leave out anything you do as paid work.",
        YES_NO,
    ),
)  # fmt: skip
BY_SLUG = {question.slug: question for question in QUESTIONS}


def settle(said: dict[str, str]) -> dict[str, str]:
    """An answer to every question: what is left empty, or is none of the answers, is not said."""
    return {
        question.slug: said[question.slug] if said.get(question.slug) in question.slugs else UNSAID
        for question in QUESTIONS
    }
