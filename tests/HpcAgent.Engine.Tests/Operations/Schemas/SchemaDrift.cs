using System.Reflection;
using System.Text;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

/// <summary>Compares the schemas that an assembly carries with those that its request records give.</summary>
internal static class SchemaDrift
{
    internal static bool IsUpdate => Environment.GetEnvironmentVariable("HPC_UPDATE_SCHEMAS") == "1";

    /// <summary>All differences as sentences.</summary>
    internal static IReadOnlyList<string> Find(Assembly assembly)
    {
        var resources = new SchemaResources(assembly);
        var problems = new List<string>();
        var requests = Requests(assembly);
        foreach (var (name, request) in requests)
        {
            if (!resources.Names.Contains(name)) problems.Add($"{name}.input.json is missing; it belongs to {request.Name}.");
            else if (Encoding.UTF8.GetString(resources.ReadBytes(name)) != SchemaGenerator.Generate(request))
                problems.Add($"{name}.input.json differs from {request.Name}.");
        }

        problems.AddRange(resources.Names.Where(n => !requests.ContainsKey(n)).Select(n => $"{n}.input.json belongs to no request record."));
        if (problems.Count > 0) problems.Add("Run the tests once with HPC_UPDATE_SCHEMAS=1, look at the changes, and build again.");
        return problems;
    }

    /// <summary>Writes all schemas and removes those that belong to nothing.</summary>
    internal static void Update(Assembly assembly, string folder)
    {
        var requests = Requests(assembly);
        foreach (var (name, request) in requests) File.WriteAllText(PathOf(folder, name), SchemaGenerator.Generate(request));
        foreach (var name in new SchemaResources(assembly).Names.Where(n => !requests.ContainsKey(n))) File.Delete(PathOf(folder, name));
    }

    private static SortedDictionary<string, Type> Requests(Assembly assembly)
    {
        var requests = new SortedDictionary<string, Type>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes())
        {
            if (type.GetCustomAttribute<InputSchemaAttribute>() is not { Name: var name }) continue;
            Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name);
            Assert.True(requests.TryAdd(name, type), $"{type.Name} and {requests[name].Name} are both named {name}.");
        }

        return requests;
    }

    private static string PathOf(string folder, string name) => Path.Combine(folder, name + ".input.json");
}
