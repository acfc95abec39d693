"""Reader of calibration files of OpenCV, YAML or XML.

OpenCV's own reader ends the process on files that are nested deeply or cut off, so nothing of a
foreign file reaches it. Read is what `FileStorage` writes: entries at the top of the file, numbers
and matrices, as in the calibration sample of OpenCV's documentation. ROS writes the same YAML
without the matrices' tag.
"""

import re
from xml.parsers import expat

_SCALAR, _MATRICES = ("image_width", "image_height"), ("camera_matrix", "distortion_coefficients")
_FISHEYE = "fisheye_model"
_NAMES = (*_SCALAR, *_MATRICES, _FISHEYE)
_ROS_MODEL, _ROS_FISHEYE = "distortion_model", ("equidistant", "fisheye", "kannala_brandt")
_MAX_NUMBERS = 64  # of a matrix; the largest that is known here has 14
_MAX_DEPTH = 16  # of XML elements
_YAML_ENTRY = re.compile(r"^(\w+):[ \t]*(.*)$")
_YAML_PART = re.compile(r"^[ \t]+(rows|cols)[ \t]*:[ \t]*(\d{1,9})[ \t]*$", re.MULTILINE)
_YAML_DATA = re.compile(r"^[ \t]+data[ \t]*:[ \t]*\[([^\[\]{}]*)\]", re.MULTILINE)

Entries = dict[str, float | list[list[float]]]


def read_opencv_text(text: str) -> Entries:
    """The entries of a calibration that are there.

    Args:
        text: of the file; XML when it begins with `<`, else YAML.

    Returns:
        numbers for image_width and image_height, rows of numbers for camera_matrix and
        distortion_coefficients; fisheye_model is 1 where that is how the lens distorts.

    Raises:
        ValueError: if the text is not of that form.
    """
    if not text.strip():
        raise ValueError("the file is empty")
    return _read_xml(text) if text.lstrip().startswith("<") else _read_yaml(text)


def _read_yaml(text: str) -> Entries:
    blocks: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if match := _YAML_ENTRY.match(line):
            lines = [match[2]]
            if match[1] in blocks:
                raise ValueError(f"{match[1]} stands there twice")
            blocks[match[1]] = lines
        else:
            lines.append(line)
    if not blocks:
        raise ValueError("it is neither OpenCV's YAML nor XML")
    entries: Entries = {}
    for name in blocks.keys() & set(_NAMES):
        value = "\n".join(blocks[name])
        entries[name] = _yaml_matrix(name, value) if name in _MATRICES else _number(value)
    return entries | _told_by_ros("\n".join(blocks.get(_ROS_MODEL, ())))


def _told_by_ros(model: str) -> Entries:
    return {_FISHEYE: 1.0} if model.strip(" \t\n\"'").lower() in _ROS_FISHEYE else {}


def _yaml_matrix(name: str, block: str) -> list[list[float]]:
    sides, data = dict(_YAML_PART.findall(block)), _YAML_DATA.search(block)
    if sides.keys() != {"rows", "cols"} or data is None:
        raise ValueError(f"{name} must be a matrix with rows, cols and data")
    return _matrix(name, int(sides["rows"]), int(sides["cols"]), data[1].replace(",", " "))


def _matrix(name: str, rows: int, cols: int, data: str) -> list[list[float]]:
    texts = data.split()
    if not 0 < len(texts) <= _MAX_NUMBERS or rows * cols != len(texts):
        raise ValueError(
            f"{name} of {rows} x {cols} must hold as many numbers, at most {_MAX_NUMBERS}; "
            f"it holds {len(texts)}"
        )
    numbers = [_number(text) for text in texts]
    return [numbers[i : i + cols] for i in range(0, len(numbers), cols)]


def _number(text: str) -> float:
    """YAML also writes .Nan and .Inf, which a calibration cannot have."""
    try:
        return float(text.strip())
    except ValueError:
        raise ValueError(f"a number was expected, got {text.strip()[:40]!r}") from None


class _XmlReader:
    """Texts of the elements below the root, by their path; no tree is made of them."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._texts: dict[str, list[str]] = {}

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._path) >= _MAX_DEPTH:
            raise ValueError(f"its elements lie more than {_MAX_DEPTH} deep in each other")
        self._path.append(name)
        path = "/".join(self._path[1:])
        if path in self._texts and self._path[1:2] and self._path[1] in _NAMES:
            raise ValueError(f"{path} stands there twice")
        self._texts[path] = []

    def end(self, _name: str) -> None:
        self._path.pop()

    def text(self, text: str) -> None:
        self._texts["/".join(self._path[1:])].append(text)

    def texts(self) -> dict[str, str]:
        """The text of each element."""
        return {path: "".join(parts) for path, parts in self._texts.items()}

    def refuse(self, *_: object) -> None:
        raise ValueError("a document type is not allowed in it")


def _read_xml(text: str) -> Entries:
    reader, parser = _XmlReader(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.text, reader.refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise ValueError(f"it is no XML: {error}") from None
    texts = reader.texts()
    entries: Entries = {n: _number(texts[n]) for n in (*_SCALAR, _FISHEYE) if n in texts}
    for name in (name for name in _MATRICES if name in texts):
        try:
            rows, cols, data = (texts[f"{name}/{part}"] for part in ("rows", "cols", "data"))
            entries[name] = _matrix(name, int(rows), int(cols), data)
        except KeyError as error:
            raise ValueError(f"{error.args[0]} is missing") from None
    return entries
