"""The connector to 1C:Enterprise over its standard OData interface."""
