using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

public sealed class PosixTests
{
    // Descriptors 7 and 8 are the child's: an end that is one of them was closed by the join of the other in a process with few open files.
    [SkippableFact]
    public void Ends_of_pipes_are_not_among_the_descriptors_of_a_child()
    {
        Skip.If(OperatingSystem.IsWindows(), "there are no such pipes on Windows");
        (int read, int write) = Posix.Pipe();
        try
        {
            Assert.True(read > 8 && write > 8, $"{read} and {write}");
        }
        finally
        {
            _ = Posix.close(read);
            _ = Posix.close(write);
        }
    }
}
