namespace Fogbank.Contracts.Generator;

/// <summary>Gives classes the interfaces that the overlay names.</summary>
internal static class InterfacePlanner
{
    /// <param name="properties">The type of each property of a class, by its name.</param>
    internal static List<InterfacePlan> Plan(
        ContractModel contract, ClassPlanner planner, Func<ClassPlan, Dictionary<string, string>> properties) =>
        contract.Interfaces.ConvertAll(model =>
        {
            if (!planner.TakenNames.Add(model.Name))
            {
                throw new FormatException($"interface {model.Name} would be called like a class");
            }

            var classes = Classes(model, planner, properties);
            var first = properties(classes[0]);
            var plan = new InterfacePlan(model.Name, model.Members.ConvertAll(name => new KeyValuePair<string, string>(name, first[name])));
            foreach (var each in classes)
            {
                var own = properties(each);
                var odd = plan.Properties.Find(property => own[property.Key] != property.Value);
                if (odd.Key is not null)
                {
                    throw new FormatException($"interface {model.Name}: {odd.Key} is {own[odd.Key]} in {each.Name}, {odd.Value} in {classes[0].Name}");
                }

                each.Interfaces.Add(plan);
            }

            return plan;
        });

    private static List<ClassPlan> Classes(
        InterfaceModel model, ClassPlanner planner, Func<ClassPlan, Dictionary<string, string>> properties)
    {
        var found = new List<ClassPlan>();
        foreach (var name in model.Of)
        {
            if (name.StartsWith("*", StringComparison.Ordinal))
            {
                found.AddRange(planner.Classes.Where(plan =>
                    plan.Name.EndsWith(name.Substring(1), StringComparison.Ordinal) && model.Members.TrueForAll(properties(plan).ContainsKey)));
                continue;
            }

            var named = planner.Classes.Find(plan => plan.Name == name)
                ?? throw new FormatException($"interface {model.Name}: there is no class {name}");
            var missing = model.Members.Find(member => !properties(named).ContainsKey(member));
            found.Add(missing is null ? named : throw new FormatException($"interface {model.Name}: {name} has no property {missing}"));
        }

        return found.Count > 0 ? found : throw new FormatException($"interface {model.Name}: no class has it");
    }
}
