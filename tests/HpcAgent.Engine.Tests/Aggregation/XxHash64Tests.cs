using System.Text;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

public sealed class XxHash64Tests
{
    // As xxhsum -H1 of Debian's package xxhash 0.8.1 says.
    [Theory]
    [InlineData("", 0xef46db3751d8e999)]
    [InlineData("a", 0xd24ec4f1a98c6e5b)]
    [InlineData("abc", 0x44bc2cf5ad770999)]
    [InlineData("0123456789012345678901234567890123456789abc", 0x49d47f7a7a97b0cc)]
    public void Hashes_are_those_of_the_reference_program(string text, ulong hash) =>
        Assert.Equal(hash, XxHash64.Of(Encoding.ASCII.GetBytes(text), 0));

    [Fact]
    public void Every_byte_the_length_and_the_seed_count()
    {
        for (int length = 0; length < 100; length++)
        {
            byte[] text = new byte[length];
            HashSet<ulong> seen = [XxHash64.Of(text, 0), XxHash64.Of(text, 1), XxHash64.Of([.. text, 0], 0)];
            for (int i = 0; i < length; i++)
            {
                text[i] = 1;
                Assert.True(seen.Add(XxHash64.Of(text, 0)));
                text[i] = 0;
            }
            Assert.Equal(3 + length, seen.Count);
        }
    }
}
