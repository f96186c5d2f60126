using System.Text;

namespace Paddock.AspNetCore.Tests;

public sealed class StrictJsonTests
{
    public static TheoryData<string> Malformed =>
    [
        "", " ", "{", "}", "{\"a\":1,}", "{\"a\":1}{", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":NaN}", "// c\n{}", "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}", "{\"x\":{\"a\":1,\"a\":2}}", "[" + new string('[', 40), "\uFEFF{}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "tru",
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Parse_Malformed_IsRefused(string text) =>
        Assert.Equal("JSON_INVALID", Assert.Throws<ApiException>(() => RequestBody.Parse(Encoding.UTF8.GetBytes(text))).Error.Code);

    [Fact]
    public void Parse_InvalidUtf8_IsRefused() =>
        Assert.Equal("JSON_INVALID", Assert.Throws<ApiException>(() => RequestBody.Parse([(byte)'"', 0xC3, 0x28, (byte)'"'])).Error.Code);

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Parse_Depth_IsBounded(int depth, bool accepted)
    {
        byte[] json = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        var exception = Record.Exception(() => RequestBody.Parse(json));
        Assert.Equal(accepted, exception is null);
        if (exception is not null) Assert.Equal("JSON_INVALID", Assert.IsType<ApiException>(exception).Error.Code);
    }

    [Fact]
    public void Finish_UnknownAndWrongMembers_AreAllReported()
    {
        var reader = new BodyReader(RequestBody.Parse("""{"timeoutMs":"1","name":5,"more":1,"evil\u0007":2}"""u8.ToArray()));
        reader.Integer("timeoutMs");
        reader.Text("name");
        var findings = Assert.Throws<ApiException>(() => reader.Finish()).Error.Findings;
        Assert.Equal(["FIELD_INVALID", "FIELD_INVALID", "FIELD_UNKNOWN", "FIELD_UNKNOWN"], findings.Select(f => f.Code).Order());
        Assert.DoesNotContain(findings, f => f.Path!.Any(char.IsControl));
    }
}
