// A call has its input, config and context; effects go through ctx.host and need a permission in plugin.yaml.
module.exports = async (ctx) => {
  const name = ctx.input?.name ?? 'world';
  console.log(`asked by ${name}`);
  return { hello: name };
};
