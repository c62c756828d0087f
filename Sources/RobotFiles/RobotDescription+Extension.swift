import Geometry

/// The element `<avips>`, in which a robot's URDF says what URDF has no words for:
///
///     <avips summary="..." base="link" tip="link">
///       <tip name="right_hand" link="link"/>                      one of several tips of a tree
///       <sampling joint="joint" lower="0" upper="1"/>             limits used instead of the joint's own
///       <nominal name="..." base_position="x y z" base_quaternion="w x y z" configuration="q1 .. qn"/>
///       <floating lower="x y z roll pitch yaw" upper="..."/>      the range of a base that nothing holds
///       <stance tip="left_foot" position="x y z" rpy="r p y"/>    where one of the tips above stays while the robot stands
///       <balance half_widths="x y"/>                              how far the centre of mass may leave the stance's middle
///       <capsule link="link" start="x y z" end="x y z" radius="r"/>
///       <margin link="link" value="m"/>                           added to the radii of the link's spheres
///       <ignore shape="sphere" first="link" second="link"/>       a pair that may overlap; or shape="capsule"
///     </avips>
extension RobotDescription {
    mutating func readExtension(_ element: MarkupElement, _ reader: URDFReader) throws(URDFError) {
        summary = element.attributes["summary"]
        if element.attributes["base"] != nil { base = links[try link("base", element, reader)].name }
        if element.attributes["tip"] != nil { tip = links[try link("tip", element, reader)].name }
        for child in element.children {
            switch child.name {
            case "tip":
                let name = try reader.text("name", of: child, called: "<tip>")
                tips.append(Tip(name: name, link: links[try link("link", child, reader)].name))
            case "sampling": try readSampling(child, reader)
            case "nominal": try readNominal(child, reader)
            case "floating": try readFloating(child, reader)
            case "stance": try readStance(child, reader)
            case "balance":
                let widths = try reader.numbers("half_widths", of: child, called: "<balance>", count: 2)
                guard let widths, widths.allSatisfy({ $0 >= 0 }) else {
                    throw reader.fail(child, .missingAttribute(element: "<balance>", attribute: "half_widths"))
                }
                stance = stance ?? Stance()
                stance!.balance = [widths[0], widths[1]]
            case "capsule":
                links[try link("link", child, reader)].capsules.append(CollisionCapsule(
                    start: try reader.vector("start", of: child, called: "<capsule>"),
                    end: try reader.vector("end", of: child, called: "<capsule>"),
                    radius: try reader.radius(of: child, called: "<capsule>")))
            case "margin":
                let name = links[try link("link", child, reader)].name
                collisionRules.sphereMargins[name] = try reader.number("value", of: child, called: "<margin>")
            case "ignore": try readIgnored(child, reader)
            default: break
            }
        }
    }

    private func link(_ attribute: String, _ element: MarkupElement, _ reader: URDFReader) throws(URDFError) -> Int {
        let called = "<\(element.name)>"
        let name = try reader.text(attribute, of: element, called: called)
        if let index = reader.linkIndices[name] { return index }
        let hint = NearestNames.hint(links.map(\.name), for: name, plural: "links")
        throw reader.fail(element, .unknownLink(in: called, link: name, hint: hint))
    }

    private mutating func readSampling(_ element: MarkupElement, _ reader: URDFReader) throws(URDFError) {
        let joint = try reader.text("joint", of: element, called: "<sampling>")
        guard let index = variables.firstIndex(where: { $0.name == joint }) else {
            let hint = NearestNames.hint(variables.map(\.name), for: joint, plural: "moving joints")
            throw reader.fail(element, .unknownJoint(in: "<sampling>", joint: joint, hint: hint))
        }
        let lower = try reader.number("lower", of: element, called: "<sampling>")
        let upper = try reader.number("upper", of: element, called: "<sampling>")
        guard lower <= upper else {
            throw reader.fail(element, .limitsReversed(joint: joint, lower: lower, upper: upper))
        }
        variables[index].lower = lower
        variables[index].upper = upper
    }

    private mutating func readNominal(_ element: MarkupElement, _ reader: URDFReader) throws(URDFError) {
        let name = try reader.text("name", of: element, called: "<nominal>")
        let q = try reader.numbers("configuration", of: element, called: "<nominal>", count: degreesOfFreedom)
        guard let q else {
            throw reader.fail(element, .missingAttribute(element: "<nominal>", attribute: "configuration"))
        }
        var pose = Pose(
            position: try reader.vector("base_position", of: element, called: "<nominal>", default: .zero),
            rotation: .identity)
        if let c = try reader.numbers("base_quaternion", of: element, called: "<nominal>", count: 4) {
            do {
                pose.rotation = try Rotation(quaternion: Quaternion(w: c[0], x: c[1], y: c[2], z: c[3]))
            } catch {
                throw reader.fail(element, .invalidValue(
                    element: "<nominal>", attribute: "base_quaternion",
                    value: element.attributes["base_quaternion"] ?? "", expected: "a unit quaternion w x y z"))
            }
        }
        nominalConfigurations.append(NominalConfiguration(name: name, base: pose, configuration: q))
    }

    private mutating func readFloating(_ element: MarkupElement, _ reader: URDFReader) throws(URDFError) {
        func range(_ attribute: String) throws(URDFError) -> [Double] {
            guard let numbers = try reader.numbers(attribute, of: element, called: "<floating>", count: 6) else {
                throw reader.fail(element, .missingAttribute(element: "<floating>", attribute: attribute))
            }
            return numbers
        }
        let (lower, upper) = (try range("lower"), try range("upper"))
        for (index, name) in FloatingBase.variableNames.enumerated() where lower[index] > upper[index] {
            throw reader.fail(element, .limitsReversed(joint: name, lower: lower[index], upper: upper[index]))
        }
        floatingBase = FloatingBase(lower: lower, upper: upper)
    }

    private mutating func readStance(_ element: MarkupElement, _ reader: URDFReader) throws(URDFError) {
        let name = try reader.text("tip", of: element, called: "<stance>")
        guard tips.contains(where: { $0.name == name }) else {
            throw reader.fail(element, .unknownLink(
                in: "<stance>", link: name, hint: NearestNames.hint(tips.map(\.name), for: name, plural: "tips above")))
        }
        let position = try reader.lengths("position", of: element, called: "<stance>")
        let turn = try reader.vector("rpy", of: element, called: "<stance>", default: .zero)
        stance = stance ?? Stance()
        stance!.tips.append((name, Pose(position: position, rotation: Rotation(roll: turn.x, pitch: turn.y, yaw: turn.z))))
    }

    private mutating func readIgnored(_ element: MarkupElement, _ reader: URDFReader) throws(URDFError) {
        let pair = CollisionRules.Pair(
            first: links[try link("first", element, reader)].name,
            second: links[try link("second", element, reader)].name)
        let shape = try reader.text("shape", of: element, called: "<ignore>")
        switch shape {
        case "sphere": collisionRules.ignoredForSpheres.append(pair)
        case "capsule": collisionRules.ignoredForCapsules.append(pair)
        default:
            throw reader.fail(element, .invalidValue(
                element: "<ignore>", attribute: "shape", value: shape, expected: "sphere or capsule"))
        }
    }
}
