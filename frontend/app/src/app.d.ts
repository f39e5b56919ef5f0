// The app adds nothing to kit's own types.
export {};
