"""Questions in a notebook: what is chosen, and what the page says about it."""

from exploring import View


class Asked(View):
    """What a cell asks, on its page; questions are counted from 0."""

    def __init__(self, notebook, cell):
        super().__init__(notebook, cell, "questions")

    def radios(self, question=0):
        return self.root.locator(".question").nth(question).get_by_role("radio")

    def radio(self, place, question=0):
        return self.radios(question).nth(place)

    def choose(self, place, question=0):
        """Click on the words of a choice."""
        self.root.locator(".question").nth(question).locator("label").nth(place).click()

    def choice(self, place, question=0):
        """Return the words of a choice, without its letter."""
        label = self.root.locator(".question").nth(question).locator("label").nth(place)
        return label.locator("span").last.inner_text()

    def marked(self, question=0):
        """Return the places that are marked as chosen."""
        return self.radios(question).evaluate_all(
            "all => all.flatMap((it, place) => (it.checked ? [place] : []))"
        )

    def line(self, question=0):
        return self.root.locator(".said").nth(question)

    def words(self, question=0):
        return self.line(question).inner_text()

    def says(self, *words, question=0):
        """Wait until the line below a question holds these words."""
        self.notebook.wait_for(
            f"{words} in {self.words(question)!r}",
            lambda: all(word in self.words(question) for word in words),
            seconds=20,
        )


def ask_again(notebook, code):
    """Run a question's cell, and return what it shows."""
    notebook.run(notebook.cell(code))
    return Asked(notebook, notebook.cell(code))
