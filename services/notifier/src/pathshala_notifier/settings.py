"""The notifier's settings."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from pydantic import SecretStr

from pathshala_common.runtime.setting_types import Networks, Port, WebhookSecrets, listed
from pathshala_common.runtime.settings import Group, HealthSettings, setting


class NotifierSettings(HealthSettings):
    """The notifier's own settings, and those of every service."""

    health_port: Port = setting(8004, Group.PLACES, "the notifier's health; 0 takes a free port")
    webhook_secrets: WebhookSecrets = setting(
        SecretStr(""),
        Group.WEBHOOKS,
        "what webhooks are signed with: `whsec_` and 24 to 64 bytes in base64; two, separated by a comma, while "
        "receivers change from one to the other; without any, none is sent",
    )
    webhook_networks: Networks = setting(
        "",
        Group.WEBHOOKS,
        "networks besides the public internet that webhooks may go to, with http too, as `10.1.0.0/16`, by commas",
    )

    @property
    def secrets(self) -> list[str]:
        """The secrets, one by one."""
        return listed(self.webhook_secrets.get_secret_value())

    @property
    def networks(self) -> list[IPv4Network | IPv6Network]:
        """The networks, one by one."""
        return [ip_network(network) for network in listed(self.webhook_networks)]
