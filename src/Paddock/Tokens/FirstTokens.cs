namespace Paddock;

/// <summary>The tokens made on the first start. Show them once; they are stored hashed.</summary>
/// <param name="Author">An author's token (<c>pdk_author_…</c>).</param>
/// <param name="Operator">An operator's token (<c>pdk_operator_…</c>).</param>
public sealed record FirstTokens(string Author, string Operator);
