namespace HpcAgent.Engine.Tests.Operations.Schemas;

/// <summary>Finds folders of the working tree that the tests were built from.</summary>
internal static class RepositoryFolder
{
    internal static string Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HpcAgent.sln"))) return Path.Combine([folder.FullName, .. parts]);
        }

        throw new InvalidOperationException("The tests do not run from within the working tree.");
    }
}
