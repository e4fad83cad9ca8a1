"""Pictures as they are served: for ever, in parts, never from outside of a release; and on pages."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import polars as pl
import pytest

from muscle_atlas.releases import current_release
from muscle_atlas.rooms import SHAPES
from tests.endpoint.conftest import Serve
from tests.etl.built import NAMES

EXAMPLES = SHAPES / "examples" / "picture"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, command: list[str]) -> Path:
    """A data folder with three photographs with pictures, two of them without caption, and one without picture."""
    folder = tmp_path_factory.mktemp("pictures")
    table = (EXAMPLES / "valid.csv").read_text(encoding="utf-8").splitlines()
    head, *rows = table
    rows.append(rows[0].replace("EX-1,section.jpg", "EX-4,"))
    captions = [',"Cores in a ""deltoid"" <b>","Cores dans un deltoïde"', ",,", ",,", ",,"]
    lines = [f"{head},caption_en,caption_fr", *(row + caption for row, caption in zip(rows, captions, strict=True))]
    path = folder / "records.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    where = ["--images", str(EXAMPLES / "valid"), "--data", str(folder / "data")]
    subprocess.run([*command, "build", str(path), *where], check=True, capture_output=True)
    return folder / "data"


@pytest.fixture(scope="module")
def client(serve: Serve, data: Path) -> Iterator[httpx.Client]:
    """The same, served."""
    with serve(data) as served:
        yield served


@pytest.fixture(scope="module")
def picture(data: Path) -> str:
    """The path of a picture."""
    images = pl.read_parquet(data / "current" / "images.parquet")
    return "/" + str(images["picture"][0]).removeprefix(NAMES.base)


def test_a_picture_may_be_kept_for_ever(client: httpx.Client, picture: str) -> None:
    response = client.get(picture)
    digest = Path(picture).stem
    assert (response.status_code, response.headers["content-type"]) == (200, "image/jpeg")
    assert sha256(response.content).hexdigest() == digest
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["etag"] == f'"{digest}"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    head = client.head(picture)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(response.content))


def test_a_part_of_a_picture_can_be_asked_for(client: httpx.Client, picture: str) -> None:
    whole = client.get(picture).content
    response = client.get(picture, headers={"Range": "bytes=10-19"})
    assert (response.status_code, response.content) == (206, whole[10:20])
    assert client.get(picture, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


def test_who_has_a_picture_is_not_sent_it_again(client: httpx.Client, picture: str) -> None:
    for tag in (f'"{Path(picture).stem}"', f'"other", W/"{Path(picture).stem}"', "*"):
        response = client.get(picture, headers={"If-None-Match": tag})
        assert (response.status_code, response.content) == (304, b"")
        assert "immutable" in response.headers["cache-control"]
    assert client.get(picture, headers={"If-None-Match": '"other"'}).status_code == 200


def test_nothing_but_pictures_of_the_release_is_served(client: httpx.Client, data: Path, picture: str) -> None:
    outside = data / "secret.jpg"
    outside.write_bytes(b"secret")
    linked = "0" * 64
    media = current_release(data).media
    (media / "00").mkdir(exist_ok=True)
    (media / "00" / f"{linked}.jpg").symlink_to(outside)
    for path in (
        f"/media/00/{linked}.jpg",
        f"/media/ab/{'ab' * 32}.jpg",
        f"/media/{'ff' if picture[7:9] != 'ff' else '00'}/{Path(picture).name}",
        f"/media//{Path(picture).name}",
        picture.upper().replace("/MEDIA", "/media").replace(".JPG", ".jpg"),
        "/media/..%2f..%2f../secret.jpg",
        "/media/%2e%2e/%2e%2e/secret.jpg",
        "/media/../../secret.jpg",
        "/media/aa/..%2freport.json",
        "/media/",
    ):
        response = client.get(path)
        assert response.status_code == 404, path
        assert response.headers["content-type"] == "application/problem+json"
        assert response.content != outside.read_bytes()


def test_the_page_of_a_photograph_shows_it_with_its_caption(client: httpx.Client) -> None:
    page = client.get("/image/EX-1", headers={"Accept": "text/html"}).text
    shown = re.search(r'<a href="(/media/\S+)"><img src="(\S+)" width="48" height="32" alt="([^"]*)">', page)
    assert shown
    assert shown[3] == "Cores in a &#34;deltoid&#34; &lt;b&gt;"
    assert client.get(shown[1]).headers["content-type"] == client.get(shown[2]).headers["content-type"] == "image/jpeg"
    assert 'alt="Cores dans un deltoïde"' in client.get("/image/EX-1?lang=fr", headers={"Accept": "text/html"}).text


def test_without_caption_a_picture_is_described_by_its_record(client: httpx.Client) -> None:
    english = client.get("/image/EX-2", headers={"Accept": "text/html"}).text
    french = client.get("/image/EX-2?lang=fr", headers={"Accept": "text/html"}).text
    assert re.search(r'alt="Autosomal recessive centronuclear myopathy, BIN1, deltoid, [^"]*, EX-2"', english)
    assert re.search(r'alt="Myopathie centronucléaire autosomique récessive, BIN1, muscle deltoïde, [^"]*EX-2"', french)


def test_terms_biopsies_and_individuals_show_their_pictures(client: httpx.Client) -> None:
    for path, count in (
        ("/about?iri=http://identifiers.org/hgnc/1052", 3),
        ("/stain/HE", 3),
        ("/specimen/of.EX-3", 1),
        ("/individual/of.EX-3", 1),
        ("/individual/of.EX-4", 0),
        ("/image/EX-3", 0),
    ):
        page = client.get(path, headers={"Accept": "text/html"}).text
        shown = re.findall(
            r'<li><a href="/image/EX-\d"><img src="(\S+)" alt="[^"]+" title="[^"]+" loading="lazy"', page
        )
        assert len(shown) == count, path
        for thumbnail in shown:
            assert client.get(thumbnail).status_code == 200


def test_the_list_shows_thumbnails_and_says_where_there_is_none(client: httpx.Client) -> None:
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert len(re.findall(r'<img src="/media/\S+" alt="" loading="lazy">', page)) == 3
    assert page.count("no picture in this release") == 1


def test_the_data_of_a_photograph_names_its_picture(client: httpx.Client, picture: str) -> None:
    described = client.get("/image/EX-1.jsonld").json()
    own = next(node for node in described if node["@id"] == NAMES.mint("image", "EX-1"))
    schema = NAMES.prefixes["schema"]
    types = {node["@id"] for node in own[f"{NAMES.prefixes['rdf']}type"]}
    assert types == {f"{schema}ImageObject", NAMES.expand("ma:Image")}
    assert own[f"{schema}contentUrl"] == [{"@id": NAMES.base + picture.lstrip("/")}]
    assert own[f"{schema}encodingFormat"] == [{"@value": "image/jpeg"}]
    assert own[f"{schema}width"][0]["@value"] == "48"


def test_a_release_of_an_earlier_version_is_served_without_pictures(
    serve: Serve, example_data: Path, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    shutil.copytree(example_data, older, symlinks=True)
    table = current_release(older).images
    known = pl.read_parquet(table)
    known.drop("picture", "thumbnail", "width", "height", "sha256", "format").write_parquet(table)
    with serve(older) as served:
        for path in ("/", "/image/VLM-199-2", "/about?iri=http://identifiers.org/hgnc/1052"):
            assert served.get(path, headers={"Accept": "text/html"}).status_code == 200
        assert served.get(f"/media/ab/{'ab' * 32}.jpg").status_code == 404
