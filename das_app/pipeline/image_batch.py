"""People of single images; parts of many images go to any process."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from das_app.sources.frame_source import SourceError
from das_app.sources.image_source import read_image
from das_model.camera import DEFAULT_FOV_DEG, Camera
from das_model.inference.estimate import EstimatorOptions
from das_model.inference.ordered_pool import calls_at_once, in_order, one_thread
from das_model.inference.runtime import PoseEstimator, open_estimator
from das_model.people import People
from das_model.shared_work import shared_out

NamedImage = tuple[str, Path]  # a name of its own, and the file
Found = tuple[People, Camera] | str  # or why nothing can be found
_IMAGES_A_PART = 32


@dataclass(frozen=True, slots=True)
class ImageJob:
    """What finds people in images, and with which lens they were taken.

    Args:
        model: ONNX file.
        options: of the estimator.
        intrinsics: fx, fy, cx, cy in px by name of the image; an image without one fails. None
            where all have one field of view.
        fov_deg: of the images' longer side.
    """

    model: Path
    options: EstimatorOptions
    intrinsics: Mapping[str, tuple[float, float, float, float]] | None = None
    fov_deg: float = DEFAULT_FOV_DEG

    def camera(self, name: str, size: tuple[int, int]) -> Camera:
        """Camera of an image of (width, height) px. Raises ValueError where it is not told."""
        if self.intrinsics is None:
            return Camera.from_fov(size, self.fov_deg)
        if name not in self.intrinsics:
            raise ValueError(f"image {name} has no entry in the intrinsics file")
        return Camera.from_intrinsics(*self.intrinsics[name], size)


def people_of_images(
    job: ImageJob, images: Sequence[NamedImage], cluster: str | None = None
) -> Iterator[tuple[str, Found]]:
    """What is found in each image, as it is done.

    Args:
        job: how.
        images: of different names.
        cluster: address of a dask scheduler, whose workers see the same files.

    Raises:
        ValueError: if the model is none, or no scheduler answers.
    """
    if cluster is None:
        yield from _each(job, images)
        return
    _estimator(job.model, one_thread(job.options))  # a file that is no model fails here, and once
    starts = range(0, len(images), _IMAGES_A_PART)
    parts = [images[start : start + _IMAGES_A_PART] for start in starts]
    for number, told in shared_out(partial(_part, job), parts, 1, cluster):
        if isinstance(told, Exception):
            yield from ((name, str(told)) for name, _ in parts[number])
        else:
            yield from told


def _part(job: ImageJob, images: Sequence[NamedImage]) -> list[tuple[str, Found]]:
    return list(_each(job, images))


def _each(job: ImageJob, images: Sequence[NamedImage]) -> Iterator[tuple[str, Found]]:
    options = one_thread(job.options)
    find = partial(_people, job, _estimator(job.model, options))
    found = in_order(find, images, calls_at_once(options))
    return ((name, people) for (name, _), people in found)


@lru_cache(maxsize=1)
def _estimator(model: Path, options: EstimatorOptions) -> PoseEstimator:
    """Kept, as a process gets one part after the other."""
    return open_estimator(model, options)


def _people(job: ImageJob, estimator: PoseEstimator, image: NamedImage) -> Found:
    name, path = image
    try:
        picture = read_image(path)
        camera = job.camera(name, (picture.shape[1], picture.shape[0]))
        return estimator(picture, camera).people, camera
    except (SourceError, ValueError) as error:
        return str(error)
