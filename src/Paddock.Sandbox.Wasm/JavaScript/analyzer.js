// Appended to acorn, which has put itself on exports. Finds the identifiers that a source uses and binds nowhere.
const { parse } = exports;

const read = (source) => {
  const options = { ecmaVersion: 'latest', locations: true, allowHashBang: true };
  try {
    // A CommonJS body is a function's: return and new.target are allowed at its top.
    return { tree: parse(source, { ...options, sourceType: 'script', allowReturnOutsideFunction: true }), isModule: false };
  } catch (scriptError) {
    try {
      return { tree: parse(source, { ...options, sourceType: 'module' }), isModule: true };
    } catch (moduleError) {
      return { error: /\b(import|export)\b/.test(source) && moduleError.pos >= scriptError.pos ? moduleError : scriptError };
    }
  }
};

const isNode = (value) => value !== null && typeof value === 'object' && typeof value.type === 'string';

class Scope {
  constructor(parent, isFunction) {
    this.parent = parent;
    this.isFunction = isFunction;
    this.names = new Set();
  }

  declare(name) { this.names.add(name); }

  get hoistTarget() { return this.isFunction || !this.parent ? this : this.parent.hoistTarget; }

  has(name) { return this.names.has(name) || (this.parent ? this.parent.has(name) : false); }
}

// Names that a binding pattern introduces.
const bound = (pattern, add) => {
  switch (pattern?.type) {
    case 'Identifier': add(pattern.name); break;
    case 'ObjectPattern': for (const p of pattern.properties) bound(p.type === 'RestElement' ? p.argument : p.value, add); break;
    case 'ArrayPattern': for (const p of pattern.elements) bound(p, add); break;
    case 'AssignmentPattern': bound(pattern.left, add); break;
    case 'RestElement': bound(pattern.argument, add); break;
  }
};

const isFunction = (node) => node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
const opensBlock = (node) => node.type === 'BlockStatement' || node.type === 'ForStatement' || node.type === 'ForInStatement'
  || node.type === 'ForOfStatement' || node.type === 'SwitchStatement' || node.type === 'CatchClause' || node.type === 'StaticBlock';

// First pass: every declaration goes into its scope, so that use before declaration is still use of a bound name.
const declare = (node, scope, scopes) => {
  let inner = scope;
  if (isFunction(node)) {
    if (node.type === 'FunctionDeclaration' && node.id) scope.declare(node.id.name);
    inner = new Scope(scope, true);
    scopes.set(node, inner);
    if (node.type === 'FunctionExpression' && node.id) inner.declare(node.id.name);
    if (node.type !== 'ArrowFunctionExpression') inner.declare('arguments');
    for (const parameter of node.params) bound(parameter, (name) => inner.declare(name));
  } else if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
    if (node.type === 'ClassDeclaration' && node.id) scope.declare(node.id.name);
    inner = new Scope(scope, false);
    scopes.set(node, inner);
    if (node.id) inner.declare(node.id.name);
  } else if (opensBlock(node)) {
    inner = new Scope(scope, node.type === 'StaticBlock');
    scopes.set(node, inner);
    if (node.type === 'CatchClause') bound(node.param, (name) => inner.declare(name));
  } else if (node.type === 'VariableDeclaration') {
    const target = node.kind === 'var' ? scope.hoistTarget : scope;
    for (const declarator of node.declarations) bound(declarator.id, (name) => target.declare(name));
  } else if (node.type === 'ImportDeclaration') {
    for (const specifier of node.specifiers) scope.declare(specifier.local.name);
  }
  each(node, (child) => declare(child, inner, scopes));
};

const each = (node, visit) => {
  for (const key in node) {
    const value = node[key];
    if (Array.isArray(value)) { for (const item of value) if (isNode(item)) visit(item); } else if (isNode(value)) visit(value);
  }
};

// Second pass: identifiers in the place of an expression or an assignment's target.
const use = (node, scope, scopes, report) => {
  const inner = scopes.get(node) ?? scope;
  switch (node.type) {
    case 'Identifier':
      if (!inner.has(node.name)) report(node.name, node);
      return;
    case 'ImportExpression':
      report('import()', node);
      break;
    case 'MetaProperty': case 'BreakStatement': case 'ContinueStatement': case 'ImportDeclaration': case 'ExportAllDeclaration':
      return;
    case 'LabeledStatement':
      use(node.body, inner, scopes, report);
      return;
    case 'MemberExpression':
      use(node.object, inner, scopes, report);
      if (node.computed) use(node.property, inner, scopes, report);
      return;
    case 'Property': case 'MethodDefinition': case 'PropertyDefinition':
      if (node.computed) use(node.key, inner, scopes, report);
      if (node.value) use(node.value, inner, scopes, report);
      return;
    case 'ExportNamedDeclaration':
      if (node.declaration) use(node.declaration, inner, scopes, report);
      else if (!node.source) for (const s of node.specifiers) if (s.local.type === 'Identifier') use(s.local, inner, scopes, report);
      return;
  }
  each(node, (child) => use(child, inner, scopes, report));
};

exports.analyze = ({ input }) => {
  const { tree, isModule, error } = read(input);
  if (error) {
    return { error: { message: String(error.message).replace(/ \(\d+:\d+\)$/, ''), line: error.loc?.line ?? 1, column: (error.loc?.column ?? 0) + 1 } };
  }
  const top = new Scope(null, true);
  for (const name of isModule ? [] : ['module', 'exports', 'arguments']) top.declare(name);
  const scopes = new Map();
  declare(tree, top, scopes);
  const found = new Map();
  use(tree, top, scopes, (name, node) => {
    const seen = found.get(name);
    if (!seen || node.start < seen.start) found.set(name, { name, start: node.start, line: node.loc.start.line, column: node.loc.start.column + 1 });
  });
  return { isModule, free: [...found.values()].sort((a, b) => a.start - b.start).slice(0, 1000) };
};
