"""From document to entities: paths, values, times, templates, devices, and the routes that use them."""
