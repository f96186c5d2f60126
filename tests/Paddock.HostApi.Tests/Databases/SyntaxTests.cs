using Paddock.HostApi.Databases;

namespace Paddock.HostApi.Tests.Databases;

public sealed class SyntaxTests
{
    [Theory]
    [InlineData("SELECT ?", "SELECT $1", 1)]
    [InlineData("SELECT ?,?", "SELECT $1,$2", 2)]
    [InlineData("SELECT ?1", "SELECT $1 1", 1)]
    [InlineData("SELECT '?' || ?", "SELECT '?' || $1", 1)]
    [InlineData("SELECT 'a''?' || ?", "SELECT 'a''?' || $1", 1)]
    [InlineData(@"SELECT E'\'?' || ?", @"SELECT E'\'?' || $1", 1)]
    [InlineData(@"SELECT e'\\' || ?", @"SELECT e'\\' || $1", 1)]
    [InlineData(@"SELECT '\' || ?", @"SELECT '\' || $1", 1)]
    [InlineData(@"SELECT nameE'\' || ?", @"SELECT nameE'\' || $1", 1)]
    [InlineData("SELECT \"?\" , ?", "SELECT \"?\" , $1", 1)]
    [InlineData("SELECT ? -- ?\n, ?", "SELECT $1 -- ?\n, $2", 2)]
    [InlineData("SELECT ? -- ?\r, ?", "SELECT $1 -- ?\r, $2", 2)]
    [InlineData("SELECT /* ? /* ? */ ? */ ?", "SELECT /* ? /* ? */ ? */ $1", 1)]
    [InlineData("SELECT /*/ ? */ ?", "SELECT /*/ ? */ $1", 1)]
    [InlineData("SELECT $$ ? $$ || ?", "SELECT $$ ? $$ || $1", 1)]
    [InlineData("SELECT $a$ ? $$ ? $a$ || ?", "SELECT $a$ ? $$ ? $a$ || $1", 1)]
    [InlineData("SELECT a$b$ ? FROM x$b$", "SELECT a$b$ $1 FROM x$b$", 1)]
    [InlineData("SELECT 'open ?", "SELECT 'open ?", 0)]
    [InlineData("SELECT $a$ open ?", "SELECT $a$ open ?", 0)]
    [InlineData("SELECT /* open ?", "SELECT /* open ?", 0)]
    [InlineData("SELECT u&'?' , U&\"?\" , ?", "SELECT u&'?' , U&\"?\" , $1", 1)]
    [InlineData("", "", 0)]
    public void Translate_Parameters_AreThoseOutsideOfTexts(string sql, string expected, int count) => Assert.Equal((expected, count), ParameterSyntax.Translate(sql));

    [Theory]
    [InlineData("tickets", "tickets", true)]
    [InlineData("tickets", "ticket", false)]
    [InlineData("tickets", "tickets2", false)]
    [InlineData("ticket_*", "ticket_notes", true)]
    [InlineData("ticket_*", "ticket_", true)]
    [InlineData("ticket_*", "tickets", false)]
    [InlineData("*", "anything", true)]
    [InlineData("default:tickets", "tickets", true)]
    [InlineData("reports:tickets", "tickets", false)]
    [InlineData("sales.tickets", "tickets", false)]
    public void Covers_TableOfTheFirstSchema_AsThePatternSays(string pattern, string table, bool expected)
    {
        Assert.True(TablePattern.TryParse(pattern, out var parsed));
        Assert.Equal(expected, parsed.Database == DatabaseOptions.DefaultName && parsed.Covers(null, table, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a*b")]
    [InlineData("**")]
    [InlineData("*a")]
    [InlineData("*:a")]
    [InlineData(":a")]
    [InlineData("a:")]
    [InlineData("a:b:c")]
    [InlineData("*.a")]
    [InlineData(".a")]
    [InlineData("a.b.c")]
    [InlineData("a\n")]
    public void TryParse_WhatIsNoPattern_CoversNothing(string text) => Assert.False(TablePattern.TryParse(text, out _));
}
