using System.Globalization;
using System.Text;

namespace Paddock.HostApi.Databases;

/// <summary>
/// Turns the parameters <c>?</c> of a statement into PostgreSQL's <c>$1</c>, <c>$2</c>. It knows where a text, a quoted name, a comment or a
/// dollar-quoted text begins and ends, and nothing else: it decides nothing about what the statement may do.
/// </summary>
internal static class ParameterSyntax
{
    /// <summary>The statement as PostgreSQL reads it, and the number of its parameters.</summary>
    internal static (string Text, int Count) Translate(string sql)
    {
        var text = new StringBuilder(sql.Length + 16);
        var count = 0;
        for (var i = 0; i < sql.Length;)
        {
            if (sql[i] == '?')
            {
                text.Append('$').Append((++count).ToString(CultureInfo.InvariantCulture));

                // SELECT ?1 must not become the parameter $11.
                if (i + 1 < sql.Length && IsWord(sql[i + 1])) text.Append(' ');
                i++;
                continue;
            }

            var end = TokenEnd(sql, i);
            text.Append(sql, i, end - i);
            i = end;
        }

        return (text.ToString(), count);
    }

    private static int TokenEnd(string sql, int start)
    {
        var c = sql[start];
        var next = start + 1 < sql.Length ? sql[start + 1] : '\0';
        return c switch
        {
            '\'' => Quoted(sql, start + 1, '\'', escapes: false),
            '"' => Quoted(sql, start + 1, '"', escapes: false),
            '-' when next == '-' => LineEnd(sql, start),
            '/' when next == '*' => CommentEnd(sql, start + 2),
            '$' => DollarEnd(sql, start),
            _ when IsWord(c) => WordEnd(sql, start),
            _ => start + 1,
        };
    }

    // A word whole, so that the E of E'…' is seen, and a $ inside a name is no quote.
    private static int WordEnd(string sql, int start)
    {
        var end = start;
        while (end < sql.Length && (IsWord(sql[end]) || sql[end] == '$')) end++;
        var escapes = end - start == 1 && sql[start] is 'e' or 'E';
        return end < sql.Length && sql[end] == '\'' && escapes ? Quoted(sql, end + 1, '\'', escapes: true) : end;
    }

    private static int Quoted(string sql, int from, char quote, bool escapes)
    {
        for (var i = from; i < sql.Length; i++)
        {
            if (escapes && sql[i] == '\\') i++;
            else if (sql[i] == quote) return i + 1;
        }

        return sql.Length;
    }

    private static int LineEnd(string sql, int start)
    {
        var end = sql.AsSpan(start).IndexOfAny('\n', '\r');
        return end < 0 ? sql.Length : start + end;
    }

    // Comments nest.
    private static int CommentEnd(string sql, int from)
    {
        var depth = 1;
        for (var i = from; i + 1 < sql.Length; i++)
        {
            if (sql[i] == '/' && sql[i + 1] == '*') depth++;
            else if (sql[i] == '*' && sql[i + 1] == '/') depth--;
            else continue;
            i++;
            if (depth == 0) return i + 1;
        }

        return sql.Length;
    }

    private static int DollarEnd(string sql, int start)
    {
        var tag = start + 1;
        if (tag < sql.Length && char.IsAsciiDigit(sql[tag])) throw new HostCallException(ErrorCodes.DatabaseError, "A parameter is written as ? alone.");
        while (tag < sql.Length && IsWord(sql[tag])) tag++;
        if (tag >= sql.Length || sql[tag] != '$') return start + 1;
        var close = sql.IndexOf(sql[start..(tag + 1)], tag + 1, StringComparison.Ordinal);
        return close < 0 ? sql.Length : close + (tag - start) + 1;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || c > 127;
}
