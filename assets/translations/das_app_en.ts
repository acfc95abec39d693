<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name></name>
    <message numerus="yes">
        <source>%Ln client(s)</source>
        <translation>
            <numerusform>%Ln client</numerusform>
            <numerusform>%Ln clients</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln frame(s)</source>
        <translation>
            <numerusform>%Ln frame</numerusform>
            <numerusform>%Ln frames</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln more</source>
        <translation>
            <numerusform>%Ln more</numerusform>
            <numerusform>%Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln person(s)</source>
        <translation>
            <numerusform>%Ln person</numerusform>
            <numerusform>%Ln people</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln person(s) hidden</source>
        <translation>
            <numerusform>%Ln person hidden</numerusform>
            <numerusform>%Ln people hidden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s) dropped</source>
        <translation>
            <numerusform>%Ln picture dropped</numerusform>
            <numerusform>%Ln pictures dropped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln recording(s) not closed, perhaps by a crash: {names}. A repair keeps everything that was written.</source>
        <translation>
            <numerusform>%Ln recording was not closed, perhaps by a crash: {names}. A repair keeps everything that was written.</numerusform>
            <numerusform>%Ln recordings were not closed, perhaps by a crash: {names}. A repair keeps everything that was written.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln view(s), {percent:.0f} % of the picture</source>
        <translation>
            <numerusform>%Ln view, {percent:.0f} % of the picture</numerusform>
            <numerusform>%Ln views, {percent:.0f} % of the picture</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln zone(s) of the picture.</source>
        <translation>
            <numerusform>%Ln zone of the picture.</numerusform>
            <numerusform>%Ln zones of the picture.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %Ln part(s) of it unreadable</source>
        <translation>
            <numerusform>, %Ln part of it unreadable</numerusform>
            <numerusform>, %Ln parts of it unreadable</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, but for %Ln picture(s): the one before stands in</source>
        <translation>
            <numerusform>, but for %Ln picture: the one before stands in</numerusform>
            <numerusform>, but for %Ln pictures: the one before stands in</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Done: %Ln frame(s), {rate:.1f} a second.</source>
        <translation>
            <numerusform>Done: %Ln frame, {rate:.1f} a second.</numerusform>
            <numerusform>Done: %Ln frames, {rate:.1f} a second.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Lens of %Ln view(s): f {focal_px:.0f} px, FOV {fov_deg:.1f}°. Reprojection error {error_px:.2f} px ({quality})</source>
        <translation>
            <numerusform>Lens of %Ln view: f {focal_px:.0f} px, FOV {fov_deg:.1f}°. Reprojection error {error_px:.2f} px ({quality})</numerusform>
            <numerusform>Lens of %Ln views: f {focal_px:.0f} px, FOV {fov_deg:.1f}°. Reprojection error {error_px:.2f} px ({quality})</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Repairing %Ln session(s) …</source>
        <translation>
            <numerusform>Repairing %Ln session …</numerusform>
            <numerusform>Repairing %Ln sessions …</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{start} to {end}, %Ln frame(s)</source>
        <translation>
            <numerusform>{start} to {end}, %Ln frame</numerusform>
            <numerusform>{start} to {end}, %Ln frames</numerusform>
        </translation>
    </message>
</context>
</TS>
