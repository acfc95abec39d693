"""Validation on hand-labelled photos: images and rows of the table.

Nothing here was ever trained on (`datasets.validation_lists`). Derived pictures, cut off or
small, are asked of models only: a file of predictions has no entry for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from tqdm import tqdm

from das_model.evaluation.photos import photo_scores
from das_model.evaluation.photos.keypoint_ap import MAX_PEOPLE, keypoint_precision
from das_model.evaluation.photos.labelled_photo import LabelledPhoto
from das_model.evaluation.photos.photo_lists import photos_of_nobody, several_people, sport_people
from das_model.evaluation.photos.photo_scores import SURE_SCORE, PhotoScore
from das_model.evaluation.photos.photo_sheet import SheetPhoto
from das_model.evaluation.photos.photo_variants import (
    CUTS,
    MOSAICS,
    SHRINKS,
    cut_off,
    mosaic,
    shrunk,
)
from das_model.evaluation.predictions import Asked, FilePredictor, Predictor, in_memory, predicted
from das_model.evaluation.reliability import reliability
from das_model.evaluation.tables import Table

MIN_SCORE = 0.01  # of predictions that count for the average precision
# title of a row and the figures in it
SUMMARY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("OKS AP / AP50", ("ap", "ap50")),
    ("found", ("found",)),
    ("PCK@0.2 of all / of the found", ("pck02", "pck02_found")),
    ("PCK@0.2, left and right forgiven", ("pck02_forgiven",)),
    *(
        (f"{row}: AP / PCK", (f"{row}/ap", f"{row}/pck02"))
        for row in ("people <48 px", "people 48-96 px", "people >=96 px")
    ),
    *(
        (f"{row}: PCK / forgiven", (f"{row}/pck02", f"{row}/pck02_forgiven"))
        for row in ("sport", "trunk upright", "trunk tilted", "trunk upside down")
    ),
    *(
        (f"cut at {where}: AP / PCK", (f"cut at {where}/ap", f"cut at {where}/pck02"))
        for where in CUTS
    ),
    *(
        (f"{row}: AP / found", (f"{row}/ap", f"{row}/found"))
        for row in (*(f"shrunk to 1/{n}" for n in SHRINKS), *(f"mosaic {n}x{n}" for n in MOSAICS))
    ),
    ("false people a photo with people", ("false_per_image",)),
    ("false people a photo without anybody", ("nobody/false_per_image",)),
    ("calibration error of the score", ("score/ece",)),
)


@dataclass(slots=True)
class PhotoValidation:
    """Shows photos to a predictor and scores what it says.

    Args:
        root: folder of the data sets.
        predictor: down to a score of `MIN_SCORE`.
        sure_score: of predictions that count for PCK, people found and false people.
        limit: the first so many photos of each list only.
    """

    root: Path
    predictor: Predictor
    sure_score: float = SURE_SCORE
    limit: int | None = None
    _shown: list[SheetPhoto] = field(default_factory=list)
    _num_wrong: list[int] = field(default_factory=list)

    def table(self) -> Table:
        """All rows; see docs/evaluation.md."""
        photos = self._first(several_people(self.root))
        several = self._scored(photos, "several people", is_shown=True)
        sport = self._scored(self._first(sport_people(self.root)), "sport")
        nobody = self._scored(self._first(photos_of_nobody(self.root)), "nobody")
        judged = keypoint_precision(photo_scores.scored_photos(several))
        table = {"num_images": float(len(several))} | photo_scores.all_figures(several)
        table["false_per_image"] = photo_scores.false_per_image(several)
        table |= photo_scores.figures_by_size(several)
        table |= _row("sport", photo_scores.drawn_figures(sport, _everybody(sport)))
        table |= photo_scores.figures_by_tilt(several + sport)
        if not isinstance(self.predictor, FilePredictor):
            for title, pictures, most in self._derived(photos, nobody):
                scores = self._scored(pictures, title, most)
                row = {"num_images": float(len(scores))} | photo_scores.all_figures(scores)
                table |= _row(title, row)
        table |= {
            "nobody/num_images": float(len(nobody)),
            "nobody/false_per_image": photo_scores.false_per_image(nobody),
        }
        return table | reliability(judged.scores, judged.is_right, self.sure_score)

    def worst(self, number: int) -> list[SheetPhoto]:
        """Photos of several people that `table` saw, the worst first; of equally bad ones those
        with more wrong joints."""
        badness = [photo.badness for photo in self._shown]
        order = np.lexsort((-np.array(self._num_wrong), -np.array(badness)))
        return [self._shown[i] for i in order[:number].tolist()]

    def _derived(
        self, photos: list[LabelledPhoto], nobody: list[PhotoScore]
    ) -> Iterator[tuple[str, list[LabelledPhoto], int]]:
        """Titles, pictures and the number of predictions that count in each."""
        for where in CUTS:
            cuts = (cut_off(photo, where) for photo in photos)
            yield f"cut at {where}", [cut for cut in cuts if cut is not None], MAX_PEOPLE
        backgrounds = [score.photo.image for score in nobody] or [np.full((8, 8, 3), 127, "u1")]
        for factor in SHRINKS:
            small = [
                shrunk(photo, factor, backgrounds[i * factor % len(backgrounds)], i)
                for i, photo in enumerate(photos)
            ]
            yield f"shrunk to 1/{factor}", small, MAX_PEOPLE
        for side in MOSAICS:
            cells = side * side
            starts = range(0, len(photos), cells)
            joined = [mosaic(photos[start : start + cells], side) for start in starts]
            yield f"mosaic {side}x{side}", joined, MAX_PEOPLE * cells

    def _scored(
        self,
        photos: list[LabelledPhoto],
        title: str,
        most: int = MAX_PEOPLE,
        is_shown: bool = False,
    ) -> list[PhotoScore]:
        """Predict and score each photo, at most `most` people in it."""
        scores = []
        asked = (
            Asked(photo, (photo.name,), in_memory(photo.image), photo.camera) for photo in photos
        )
        answers = predicted(self.predictor, asked)
        for picture, found in tqdm(answers, desc=title, total=len(photos), unit="image"):
            photo = picture.known
            score = PhotoScore.of(photo, found, self.sure_score, most)
            scores.append(score)
            if is_shown:
                self._num_wrong.append(score.num_wrong)
                sure = found.at_least(self.sure_score)
                self._shown.append(
                    SheetPhoto(photo.image, photo.annotation(), sure, score.badness)
                )
        return scores

    def _first(self, photos: Iterator[LabelledPhoto]) -> list[LabelledPhoto]:
        return list(islice(photos, self.limit))


def summary_rows(tables: dict[str, Table]) -> str:
    """A Markdown table of `SUMMARY`, a column for each predictor; shares as percentages."""
    head = ["", *tables]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for title, figures in SUMMARY:
        is_share = not figures[0].endswith("per_image")
        cells = [
            " / ".join(_cell(table.get(figure, float("nan")), is_share) for figure in figures)
            for table in tables.values()
        ]
        lines.append(f"| {' | '.join([title, *cells])} |")
    return "\n".join(lines)


def reliability_rows(tables: dict[str, Table]) -> str:
    """A Markdown table: of the people with a score in each tenth the percentage that is right,
    and their number."""
    figures = [figure for table in tables.values() for figure in table]
    names = {figure.removesuffix("/right") for figure in figures if figure.endswith("/right")}
    lines = [f"| right, of people | {' | '.join(tables)} |", f"|{'---|' * (len(tables) + 1)}"]
    for name in sorted(names):
        cells = [
            f"{100 * t[f'{name}/right']:.0f} of {t[f'{name}/num_people']:.0f}"
            if f"{name}/right" in t
            else "-"
            for t in tables.values()
        ]
        lines.append(f"| {' | '.join([name, *cells])} |")
    return "\n".join(lines)


def _cell(value: float, is_share: bool) -> str:
    if np.isnan(value):
        return "-"
    return f"{100 * value:.1f}" if is_share else f"{value:.2f}"


def _row(title: str, figures: dict[str, float]) -> Table:
    return {f"{title}/{name}": value for name, value in figures.items()}


def _everybody(photos: list[PhotoScore]) -> list[np.ndarray]:
    return [np.ones(len(p.is_found), bool) for p in photos]
