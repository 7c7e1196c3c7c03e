using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

public sealed class ExitCodesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Finds_the_code_of_exactly_that_attempt()
    {
        _folder.Write("a-slot-0", "1 1 0\n11 1 3\n1 2 7\n");
        _folder.Write("a-slot-1", "2 1 255\n3 1\n4 1 x\n5 1 9");
        Assert.Equal(0, ExitCodes.Find(_folder.Root, 1, 1)?.Code);
        Assert.Equal(7, ExitCodes.Find(_folder.Root, 1, 2)?.Code);
        Assert.Equal(3, ExitCodes.Find(_folder.Root, 11, 1)?.Code);
        Assert.Equal(255, ExitCodes.Find(_folder.Root, 2, 1)?.Code);
        Assert.Null(ExitCodes.Find(_folder.Root, 1, 3));
        Assert.Null(ExitCodes.Find(_folder.Root, 3, 1));
        Assert.Null(ExitCodes.Find(_folder.Root, 4, 1));
        Assert.Null(ExitCodes.Find(_folder["nowhere"], 1, 1));
    }
}
