"""What `connector doctor` looks at, a module a layer; each yields lines and stops at no failure."""
