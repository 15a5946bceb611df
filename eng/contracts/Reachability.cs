using System.Text.Json;

namespace Fogbank.Eng.Contracts;

/// <summary>Which shapes a set of operations needs.</summary>
internal static class Reachability
{
    internal static HashSet<string> From(IEnumerable<JsonElement> operations, JsonElement shapes, bool withAllErrors)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>();
        foreach (var operation in operations)
        {
            Push(operation, "input");
            Push(operation, "output");
            if (operation.TryGetProperty("errors", out var errors))
            {
                foreach (var error in errors.EnumerateArray())
                {
                    pending.Push(Json.Text(error, "shape")!);
                }
            }
        }

        if (withAllErrors)
        {
            foreach (var shape in shapes.EnumerateObject().Where(shape => Json.Flag(shape.Value, "exception")))
            {
                pending.Push(shape.Name);
            }
        }

        while (pending.TryPop(out var name))
        {
            if (!found.Add(name))
            {
                continue;
            }

            var shape = shapes.GetProperty(name);
            Push(shape, "member");
            Push(shape, "key");
            Push(shape, "value");
            if (shape.TryGetProperty("members", out var members))
            {
                foreach (var member in members.EnumerateObject())
                {
                    pending.Push(Json.Text(member.Value, "shape")!);
                }
            }
        }

        return found;

        void Push(JsonElement owner, string property)
        {
            if (owner.TryGetProperty(property, out var reference) && Json.Text(reference, "shape") is { } target)
            {
                pending.Push(target);
            }
        }
    }

    internal static bool HasEventStream(JsonElement operation, JsonElement shapes) =>
        HasEventStreamMember(operation, "input", shapes) || HasEventStreamMember(operation, "output", shapes);

    private static bool HasEventStreamMember(JsonElement operation, string side, JsonElement shapes) =>
        operation.TryGetProperty(side, out var reference)
        && shapes.GetProperty(Json.Text(reference, "shape")!).TryGetProperty("members", out var members)
        && members.EnumerateObject().Any(member => Json.Flag(shapes.GetProperty(Json.Text(member.Value, "shape")!), "eventstream"));
}
