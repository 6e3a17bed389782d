// Statements of AssemblyScript that hold a table or a number.

export const constant = (name, value) => `export const ${name}: u32 = ${value};`;

export const table = (name, type, values) =>
  `export const ${name}: usize = memory.data<${type}>([${values.join(', ')}]);`;
