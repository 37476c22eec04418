# Made by scripts/unasync.py from src/citycontext/client/_async/entity_attributes.py; change that file, not this one.
"""The part of ``client.entities`` that works on single attributes."""

from __future__ import annotations

from typing import Any

from citycontext.client._sync.resource import ClientResource
from citycontext.client.operations import attributes
from citycontext.client.operations.json_ld import ContextLike, EntityLike
from citycontext.client.operations.selection import Names
from citycontext.ngsild.update_result import UpdateResult

__all__ = ["EntityAttributes"]


class EntityAttributes(ClientResource):
    """Operations on attributes of one entity."""

    def retrieve_attribute(
        self,
        entity_id: str,
        name: str,
        *,
        dataset_id: str | None = None,
        lang: str | None = None,
        type: Names | None = None,
        context: ContextLike | None = None,
    ) -> Any:
        """Retrieve one attribute, as it is on the wire (NGSI-LD 2.0).

        .. versionadded:: 0.2

        Brokers of 1.9 do not have this; there, ``retrieve(entity_id, attrs=name)`` asks for the entity with it.

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            dataset_id: The instance; without it all of them.
            lang: The language of texts that have several.
            type: The entity's type, where one id stands for several.
            context: The @context of the name; without it the client's.

        Returns:
            The attribute; a list where it has several instances.

        Raises:
            ResourceNotFound: There is no such entity, attribute or instance.
            ContextBrokerError: Any other refusal or failure of the broker; 405 where it does not have this.
            TransportError: No usable answer came.
        """
        params = self._params(type=type, dataset_id=dataset_id, lang=lang)
        context = self._context(context, type, entity_id=entity_id)
        return self._session.run(attributes.retrieve(entity_id, name, params=params, context=context))

    def retrieve_value(
        self,
        entity_id: str,
        name: str,
        *,
        dataset_id: str | None = None,
        lang: str | None = None,
        type: Names | None = None,
        context: ContextLike | None = None,
    ) -> Any:
        """Retrieve the value of one attribute, and nothing beside it (NGSI-LD 2.0).

        .. versionadded:: 0.2

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            dataset_id: The instance.
            lang: The language of texts that have several.
            type: The entity's type, where one id stands for several.
            context: The @context of the name; without it the client's.

        Returns:
            What JSON has: a text, a number, an object, a list.

        Raises:
            ResourceNotFound: There is no such entity, attribute or instance.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = self._params(type=type, dataset_id=dataset_id, lang=lang)
        context = self._context(context, type, entity_id=entity_id)
        return self._session.run(attributes.retrieve_value(entity_id, name, params=params, context=context))

    def append_attributes(
        self,
        entity_id: str,
        fragment: EntityLike,
        *,
        overwrite: bool = True,
        type: Names | None = None,
        context: ContextLike | None = None,
    ) -> UpdateResult:
        """Append attributes to an entity (CIM 009, 5.6.3).

        Args:
            entity_id: The entity.
            fragment: The attributes by wire name, or an entity that holds them.
            overwrite: Whether attributes that are there are written too.
            type: The entity's type, where one id stands for several.
            context: The @context where the fragment carries none; without it the client's.

        Returns:
            Which were written, and which were not.

        Raises:
            ResourceNotFound: There is no such entity.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        operation = attributes.append(
            entity_id,
            fragment,
            overwrite=overwrite,
            params=self._params(type=type),
            context=self._context(context, type, fragment, entity_id=entity_id),
        )
        return self._session.run(operation)

    def update_attributes(
        self, entity_id: str, fragment: EntityLike, *, type: Names | None = None, context: ContextLike | None = None
    ) -> UpdateResult:
        """Replace attributes of an entity, whole instances at a time (CIM 009, 5.6.2).

        Attributes that the entity lacks are appended by brokers of 1.9 and reported as not updated by older ones.

        Args:
            entity_id: The entity.
            fragment: The attributes by wire name, or an entity that holds them; NGSI-LD Null deletes.
            type: The entity's type, where one id stands for several.
            context: The @context where the fragment carries none; without it the client's.

        Returns:
            Which were written, and which were not.

        Raises:
            ResourceNotFound: There is no such entity.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        operation = attributes.update(
            entity_id,
            fragment,
            params=self._params(type=type),
            context=self._context(context, type, fragment, entity_id=entity_id),
        )
        return self._session.run(operation)

    def update_attribute(
        self,
        entity_id: str,
        name: str,
        fragment: EntityLike,
        *,
        type: Names | None = None,
        context: ContextLike | None = None,
    ) -> None:
        """Change members of one attribute and keep the others (CIM 009, 5.6.4).

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            fragment: The members that change, such as ``{"value": 5}``.
            type: The entity's type, where one id stands for several.
            context: The @context where the fragment carries none; without it the client's.

        Raises:
            ResourceNotFound: There is no such entity, or it has no such attribute.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = self._params(type=type)
        context = self._context(context, type, entity_id=entity_id)
        self._session.run(attributes.partial_update(entity_id, name, fragment, params=params, context=context))

    def replace_attribute(
        self,
        entity_id: str,
        name: str,
        attribute: EntityLike,
        *,
        type: Names | None = None,
        context: ContextLike | None = None,
    ) -> None:
        """Replace one attribute (CIM 009, 5.6.19).

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            attribute: What it becomes: an attribute, or its wire form.
            type: The entity's type, where one id stands for several.
            context: The @context where the attribute carries none; without it the client's.

        Raises:
            ResourceNotFound: There is no such entity, or it has no such attribute.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = self._params(type=type)
        context = self._context(context, type, entity_id=entity_id)
        self._session.run(attributes.replace(entity_id, name, attribute, params=params, context=context))

    def delete_attribute(
        self,
        entity_id: str,
        name: str,
        *,
        dataset_id: str | None = None,
        delete_all: bool = False,
        type: Names | None = None,
        context: ContextLike | None = None,
    ) -> None:
        """Delete one attribute, or one instance of it (CIM 009, 5.6.5).

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            dataset_id: The instance; without it the default one.
            delete_all: Whether all instances go.
            type: The entity's type, where one id stands for several.
            context: The @context of the name; without it the client's.

        Raises:
            ResourceNotFound: There is no such entity, attribute or instance.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = list(self._params(type=type, dataset_id=dataset_id))
        if delete_all:
            params.append(("deleteAll", "true"))
        context = self._context(context, type, entity_id=entity_id)
        self._session.run(attributes.delete(entity_id, name, params=params, context=context))
