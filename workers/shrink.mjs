// Makes the core small: each thread of a pool holds its source, its names and its tables. What a user can read stays: names of
// functions, methods and classes in stack traces.
import { parse } from 'acorn';
import { minify } from 'terser';

/** In place of the `#` of a private name, until terser is through: it would rename methods, too. */
const PRIVATE = '$PRIVATE$';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** Values that take their name from what they are assigned to. */
const NAMED_BY_TARGET = ['ArrowFunctionExpression', 'FunctionExpression', 'ClassExpression'];

const shortName = (n) => LETTERS[n % 26] + (n < 26 ? '' : Math.floor(n / 26));

/** Calls back for a node of the syntax tree, and for all below it, with the classes around it from the innermost. */
function visit(node, classes, onNode) {
  onNode(node, classes);
  const inner = node.type.startsWith('Class') && node.type !== 'ClassBody' ? [node, ...classes] : classes;
  for (const child of Object.values(node).flat()) {
    if (typeof child?.type === 'string') visit(child, inner, onNode);
  }
}

/**
 * Private fields get short names, in each class the same ones: every name is a string of every thread, whose table V8 doubles
 * beyond 10,922. Methods and functions keep theirs.
 * @returns by class, and old name, the new one
 */
function privateNames(tree) {
  const byClass = new Map();
  visit(tree, [], (node, classes) => {
    if (node.type !== 'ClassBody') return;
    const members = node.body.filter(({ key }) => key?.type === 'PrivateIdentifier');
    const names = new Map(members.map(({ key }) => [key.name, key.name]));
    // Those of a class around this one must not be hidden.
    let count = classes.slice(1).reduce((sum, outer) => sum + byClass.get(outer).size, 0);
    for (const { type, key, value } of members) {
      if (type !== 'PropertyDefinition' || NAMED_BY_TARGET.includes(value?.type)) continue;
      while (names.has(shortName(count))) count++;
      names.set(key.name, shortName(count++));
    }
    byClass.set(classes[0], names);
  });
  return byClass;
}

/** The source with the new names, as ordinary properties with a prefix, and the variables that functions take their names from. */
function rename(source) {
  const tree = parse(source, { ecmaVersion: 'latest' });
  const byClass = privateNames(tree);
  const [found, reserved] = [[], []];
  visit(tree, [], (node, classes) => {
    if (node.type === 'VariableDeclarator' && NAMED_BY_TARGET.includes(node.init?.type)) {
      reserved.push(node.id.name);
    }
    if (node.type !== 'PrivateIdentifier') return;
    const owner = classes.find((each) => byClass.get(each).has(node.name));
    // White space, since `async#close` needs none.
    found.push({ ...node, name: ` ${PRIVATE}${byClass.get(owner).get(node.name)}` });
  });
  found.sort((a, b) => b.start - a.start);
  const renamed = found.reduce(
    (text, { start, end, name }) => text.slice(0, start) + name + text.slice(end),
    source,
  );
  return { source: renamed, reserved };
}

/**
 * @param source CommonJS
 * @returns the same with short names of variables and private fields, and with constants in place of `Table.constant`
 */
export async function shrink(source) {
  const renamed = rename(source);
  const names = { keep_fnames: true, keep_classnames: true };
  const { code } = await minify(renamed.source, {
    ecma: 2022,
    toplevel: true,
    compress: {
      ...names,
      defaults: false,
      evaluate: true,
      hoist_props: true,
      passes: 3,
      reduce_funcs: false,
      reduce_vars: true,
      side_effects: true,
      unused: true,
    },
    mangle: { ...names, reserved: renamed.reserved },
    format: { max_line_len: 120 },
  });
  return code.replaceAll(PRIVATE, '#');
}
