using System.Text;

namespace Paddock.Sandbox.Process.Tests.Guests;

/// <summary>Row 40: what a runner writes is bytes of anybody's.</summary>
public sealed class NexusAnswersTests
{
    [Theory]
    [InlineData("""{"error":"\ud800"}""")]
    [InlineData("""{"result":{"Content":"\ud800"}}""")]
    [InlineData("""{"result":{"\ud800":1}}""")]
    public void T40_HalfACharacterInAResult_IsNone(string output) => IsNone(Encoding.UTF8.GetBytes(output));

    [Theory]
    [InlineData("""{"tools":[{"Name":"\ud800"}]}""")]
    [InlineData("""{"tools":[{"Name":"a","Description":"\ud800"}]}""")]
    [InlineData("""{"tools":[{"Name":"a","Schema":{"b":"\ud800"}}]}""")]
    public void T40_HalfACharacterInAList_IsNone(string output) => Assert.Null(NexusAnswers.ReadTools(Encoding.UTF8.GetBytes(output)));

    [Fact]
    public void T40_BytesThatAreNoText_AreNone()
    {
        byte[] output = [.. "{\"error\":\""u8, 0xFF, .. "\"}"u8];
        IsNone(output);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    public void ReadResult_DeepOne_IsTheResult(int depth)
    {
        var value = new string('[', depth) + new string(']', depth);
        Assert.Equal(value, Encoding.UTF8.GetString(NexusAnswers.ReadResult(Encoding.UTF8.GetBytes($$"""{"result":{{value}}}""")).Value!));
    }

    [Fact]
    public void ReadResult_LongError_IsCut() => Assert.Equal(10_000, NexusAnswers.ReadResult(Encoding.UTF8.GetBytes($$"""{"error":"{{new string('x', 20_000)}}"}""")).Error?.Length);

    private static void IsNone(byte[] output)
    {
        var (value, error) = NexusAnswers.ReadResult(output);
        Assert.Null(value);
        Assert.Null(error);
    }
}
