using System.Collections.Frozen;

namespace Paddock.HostApi.Databases;

/// <summary>
/// The functions of SQLite that a statement may use: those that compute from their arguments. Not here, and so refused: what loads code
/// or reads files (load_extension, fts3_tokenizer, readfile), what tells of other statements on the connection (changes,
/// total_changes, last_insert_rowid) or of the library, and every function of an extension.
/// </summary>
internal static class SqliteFunctions
{
    private static readonly FrozenSet<string> Scalar = Set(
        "abs char coalesce concat concat_ws format glob hex if ifnull iif instr length like likelihood likely lower ltrim max min nullif "
        + "octet_length printf quote random randomblob replace round rtrim sign soundex substr substring trim typeof unhex unicode unistr "
        + "unistr_quote unlikely upper zeroblob raise subtype");

    private static readonly FrozenSet<string> Time = Set(
        "current_date current_time current_timestamp date datetime julianday strftime time timediff unixepoch");

    private static readonly FrozenSet<string> Mathematics = Set(
        "acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power radians sin sinh sqrt tan tanh trunc");

    private static readonly FrozenSet<string> Aggregate = Set(
        "avg count cume_dist dense_rank first_value group_concat lag last_value lead median nth_value ntile percent_rank percentile "
        + "percentile_cont percentile_disc rank row_number string_agg sum total");

    private static readonly FrozenSet<string> Json = Set(
        "-> ->> json json_array json_array_insert json_array_length json_error_position json_extract json_group_array json_group_object json_insert "
        + "json_object json_patch json_pretty json_quote json_remove json_replace json_set json_type json_valid jsonb jsonb_array jsonb_array_insert "
        + "jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set");

    /// <summary>Tables that are functions: rows made from an argument.</summary>
    internal static FrozenSet<string> Tables { get; } = Set("json_each json_tree jsonb_each jsonb_tree");

    internal static bool Allow(string name) =>
        Scalar.Contains(name) || Time.Contains(name) || Mathematics.Contains(name) || Aggregate.Contains(name) || Json.Contains(name);

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
