using System.Text.Json;
using YamlDotNet.Serialization;

namespace HpcAgent.Engine.Tests.Quickstart;

/// <summary>The scaffold's files, as they lie in the repository.</summary>
internal static class QuickstartScaffold
{
    public static string Folder { get; } = Find();

    public static JsonElement Spec { get; } = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "spec.json"))).RootElement;

    public static string Command => Spec.GetProperty("command").GetString()!;

    /// <summary>The axes of the grid in the scaffold's task file, in its order.</summary>
    public static Dictionary<string, int[]> Grid { get; } = ReadGrid();

    private static Dictionary<string, int[]> ReadGrid()
    {
        string text = File.ReadAllText(Path.Combine(Folder, Spec.GetProperty("tasks_file").GetString()!));
        return new Deserializer().Deserialize<Dictionary<string, Dictionary<string, int[]>>>(text)["grid"];
    }

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "templates", "scaffolds", "quickstart");
            if (Directory.Exists(folder)) return folder;
        }

        throw new DirectoryNotFoundException("templates/scaffolds/quickstart is in no folder above the tests");
    }
}
