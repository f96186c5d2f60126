namespace Paddock.Wasm.Tests.Binary;

public sealed class InstructionReaderTests
{
    [Theory]
    [InlineData(new byte[] { 0x00 }, 0u)]
    [InlineData(new byte[] { 0x7F }, 127u)]
    [InlineData(new byte[] { 0x80, 0x01 }, 128u)]
    [InlineData(new byte[] { 0x83, 0x80, 0x80, 0x80, 0x00 }, 3u)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, uint.MaxValue)]
    public void ReadU32_WellFormed_GivesValue(byte[] bytes, uint expected) => Assert.Equal(expected, new InstructionReader(bytes, 0, bytes.Length).ReadU32());

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x1F })]
    public void ReadU32_TooLongOrTooLarge_IsMalformed(byte[] bytes) => AssertMalformed(() => new InstructionReader(bytes, 0, bytes.Length).ReadU32());

    [Theory]
    [InlineData(new byte[] { 0x7F }, -1)]
    [InlineData(new byte[] { 0x3F }, 63)]
    [InlineData(new byte[] { 0x80, 0x7F }, -128)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x07 }, int.MaxValue)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x78 }, int.MinValue)]
    public void ReadS32_WellFormed_GivesValue(byte[] bytes, int expected) => Assert.Equal(expected, new InstructionReader(bytes, 0, bytes.Length).ReadS32());

    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x08 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x4F })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80 })]
    public void ReadS32_BitsBeyondTheSign_IsMalformed(byte[] bytes) => AssertMalformed(() => new InstructionReader(bytes, 0, bytes.Length).ReadS32());

    [Theory]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F }, long.MinValue)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00 }, long.MaxValue)]
    public void ReadS64_Extremes_GiveValue(byte[] bytes, long expected) => Assert.Equal(expected, new InstructionReader(bytes, 0, bytes.Length).ReadS64());

    [Theory]
    [InlineData(new byte[] { 0x40 }, -64)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, uint.MaxValue)]
    public void ReadS33_BlockTypes_GiveValue(byte[] bytes, long expected) => Assert.Equal(expected, new InstructionReader(bytes, 0, bytes.Length).ReadS33());

    [Fact]
    public void ReadBytes_BeyondItsRange_IsMalformed()
    {
        // The range ends before the array does: a section must not read into the next one.
        var bytes = new byte[16];
        AssertMalformed(() => new InstructionReader(bytes, 4, 8).ReadBytes(5).ToArray());
        AssertMalformed(() => new InstructionReader(bytes, 4, 8).ReadBytes(uint.MaxValue).ToArray());
    }

    private static void AssertMalformed(Func<object> read) => Assert.Equal(WasmErrorKind.Malformed, Assert.Throws<WasmException>(read).Kind);
}
