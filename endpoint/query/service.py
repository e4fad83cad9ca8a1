"""What the service says of itself (SPARQL 1.1 Service Description), and under which address."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from fastapi import Request

from endpoint.atlas import OpenRelease
from endpoint.cages.writing import order_prefixes
from endpoint.negotiation import Form
from endpoint.problems import ProblemError


def address_of(request: Request, path: str, opened: OpenRelease) -> str:
    """Return the IRI under which the client of a request knows the service at a path.

    That is the public one, below the base IRI, where the client has come by the host of the base IRI, whatever stands
    between; a server that runs elsewhere, a copy on a laptop for instance, is known by the address that was asked.
    """
    base = opened.names.base
    if request.url.hostname == urlsplit(base).hostname:
        return base + path.removeprefix("/")
    return f"{request.url.scheme}://{request.url.netloc}{path}"


def describe_service(opened: OpenRelease, address: str, federated: Iterable[str], form: Form) -> bytes:
    """Return the description of the service at an address.

    Args:
        opened: the release that it answers from.
        address: IRI of the service.
        federated: the services that it asks on behalf of a query; none of them if it asks nobody.
        form: the form of RDF that is wanted.

    Raises:
        ProblemError: if the address is no IRI, since the client has sent a host that is none.
    """
    try:
        told = list(opened.construct("service", address))
        for service in federated:
            told += opened.construct("service-federated", address, service=service)
    except ValueError as error:
        raise ProblemError.of(400, "host-wrong", address=address, reason=error) from error
    return order_prefixes(opened.serialise(told, form), whole=True)
