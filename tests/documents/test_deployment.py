"""The files of Docker and Kubernetes are held to the code: images, probes, grace periods, names of settings."""

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from pathshala_api.settings import ApiSettings
from pathshala_common.contract.topology import Topology
from pathshala_common.runtime.process import STOP_SECONDS_MAX
from pathshala_common.runtime.settings import Settings
from pathshala_enricher.settings import EnricherSettings
from pathshala_generator.settings import GeneratorSettings
from pathshala_notifier.settings import NotifierSettings
from pathshala_store.settings import StoreSettings
from tests.documents.settings_page import variables
from tests.servers.containers import ContainerMongoDB, ContainerRabbitMQ

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
IMAGES = ROOT / "deploy" / "docker" / "images.yml"
SERVICES = ("api", "enricher", "generator", "notifier", "store")
CLOSING_SECONDS = 15
SECRETS = {"PATHSHALA_BROKER_URL", "PATHSHALA_STORE_URL", "PATHSHALA_WEBHOOK_SECRETS", "OPENAI_API_KEY"}
PORTS = {
    "api": ApiSettings.model_fields["port"],
    "enricher": EnricherSettings.model_fields["health_port"],
    "generator": GeneratorSettings.model_fields["health_port"],
    "notifier": NotifierSettings.model_fields["health_port"],
    "store": StoreSettings.model_fields["health_port"],
}
IMAGE = re.compile(r"[a-z0-9./-]+:[a-z0-9.-]+(@sha256:[0-9a-f]{64})?")


def compose() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def documents() -> Iterator[Mapping[str, Any]]:
    """Everything that Kubernetes is given."""
    for path in sorted(KUBERNETES.glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text())


def pods() -> dict[str, Mapping[str, Any]]:
    """What runs, by name."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in documents()
        if each["kind"] in {"Deployment", "Job"}
    }


def container(service: str) -> Mapping[str, Any]:
    [only] = pods()[service]["containers"]
    assert isinstance(only, Mapping)
    return only


def all_calls_seconds() -> float:
    """How long a generator with a model may take for what it has in hand."""
    return GeneratorSettings(writer="openai", openai_base_url="http://127.0.0.1").writing_grace_seconds


def seconds(text: str) -> int:
    """Read `375s`, or the default of `${NAME:-375s}`."""
    found = re.fullmatch(r"(?:\$\{\w+:-)?(\d+)s\}?", text)
    assert found is not None, text
    return int(found[1])


def test_every_image_of_compose_is_named_in_the_one_file_that_says_how_to_renew_it() -> None:
    named = yaml.safe_load(IMAGES.read_text())["services"]
    pulled = [name for name, service in compose()["services"].items() if service.get("image") != "pathshala"]

    assert set(named) == {*pulled, "pathshala"}
    for name in pulled:
        assert "image" not in compose()["services"][name]
        assert compose()["services"][name]["extends"] == {"file": "deploy/docker/images.yml", "service": name}
        assert IMAGE.fullmatch(named[name]["image"])
    assert IMAGE.fullmatch(named["pathshala"]["build"]["args"]["PYTHON_IMAGE"])
    for tested in (ContainerMongoDB, ContainerRabbitMQ):
        assert tested.image in {each.get("image", "").partition("@")[0] for each in named.values()}
    assert not re.search(r"FROM (?!\$\{PYTHON_IMAGE\})", (ROOT / "deploy" / "docker" / "Dockerfile").read_text())


def test_the_image_alone_is_the_house_with_its_health_its_volume_and_no_root() -> None:
    lines = (ROOT / "deploy" / "docker" / "Dockerfile").read_text().rpartition("\nFROM ")[2].splitlines()
    told = {line.partition(" ")[0]: line.partition(" ")[2] for line in lines if re.match(r"[A-Z]+ ", line)}

    assert told["CMD"] == '["python", "-m", "pathshala"]'
    assert told["USER"] == "pathshala"
    assert told["VOLUME"] == told["WORKDIR"] == "/var/lib/pathshala"
    assert "HEALTHCHECK" in told
    assert all("test" not in compose()["services"][service].get("healthcheck", {}) for service in SERVICES)


def test_the_readme_publishes_the_container_to_this_machine_alone() -> None:
    [command] = re.findall(r"^docker run .*$", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert " -p 127.0.0.1:8000:8000 " in command
    assert " -v pathshala:/var/lib/pathshala " in command
    assert command in (ROOT / "docs" / "operating.md").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_compose_can_run_any_number_of_each_service(service: str) -> None:
    assert {"ports", "container_name", "hostname"}.isdisjoint(compose()["services"][service])


def test_what_a_stop_takes_besides_the_work_in_hand_is_bounded_by_names() -> None:
    assert STOP_SECONDS_MAX < CLOSING_SECONDS


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_left_the_time_that_it_takes_to_stop(service: str) -> None:
    work = all_calls_seconds() if service == "generator" else Settings().grace_seconds
    in_compose = compose()["services"][service].get("stop_grace_period", "40s")

    assert seconds(in_compose) >= work + CLOSING_SECONDS
    assert pods()[service]["terminationGracePeriodSeconds"] >= work + CLOSING_SECONDS


@pytest.mark.parametrize("service", SERVICES)
def test_kubernetes_probes_each_service_where_it_answers_for_its_health(service: str) -> None:
    only = container(service)
    [port] = only["ports"]

    assert port["containerPort"] == PORTS[service].default
    assert only["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": port["name"]}
    assert only["startupProbe"]["httpGet"] == {"path": "/health/live", "port": port["name"]}
    assert only["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": port["name"]}


@pytest.mark.parametrize("service", SERVICES)
def test_kubernetes_runs_real_modules_of_the_one_image_and_keeps_secrets_to_those_who_need_them(service: str) -> None:
    only = container(service)
    given = {variable["name"]: variable["valueFrom"]["secretKeyRef"] for variable in only["env"]}

    assert only["image"] == "pathshala"
    assert only["command"] == ["python", "-m", f"pathshala_{service}"]
    assert find_spec(f"pathshala_{service}.__main__") is not None
    assert given.keys() <= SECRETS
    assert given.keys() <= set(variables())
    assert all(reference["key"] == name for name, reference in given.items())
    assert ("OPENAI_API_KEY" in given) == (service == "generator")
    assert ("PATHSHALA_WEBHOOK_SECRETS" in given) == (service == "notifier")
    assert "PATHSHALA_STORE_URL" in given


def test_no_service_of_kubernetes_can_be_taken_for_a_setting() -> None:
    """Kubernetes would set PATHSHALA_PORT for a Service that is named pathshala."""
    assert all(pod["enableServiceLinks"] is False for pod in pods().values())


def test_kubernetes_is_given_real_settings_and_every_file_that_is_there() -> None:
    whole = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
    [settings] = whole["configMapGenerator"]
    names = {literal.partition("=")[0] for literal in settings["literals"]}
    needs_keda = {"keda.yaml"}

    assert names <= set(variables())
    assert not names & SECRETS
    assert {*whole["resources"], *needs_keda, "kustomization.yaml"} == {path.name for path in KUBERNETES.glob("*.yaml")}


def test_generators_are_scaled_by_what_waits_and_what_is_in_hand() -> None:
    [scaled] = [each for each in documents() if each["kind"] == "ScaledObject"]
    [trigger] = scaled["spec"]["triggers"]

    assert trigger["metadata"]["protocol"] == "http", "over amqp what is in hand does not count"
    assert trigger["metadata"]["queueName"] == Topology("pathshala").queue("generator")
    assert int(trigger["metadata"]["value"]) == GeneratorSettings().generator_concurrency
